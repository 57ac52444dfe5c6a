using Streaming.Abstractions.Events;

namespace Streaming.Abstractions.Learning;

/// <summary>What a policy sees of one decision: the context and the actions to choose from. Valid during the call it is passed to.</summary>
public readonly ref struct Decision
{
    private readonly EventBatch _batch;

    /// <summary>The decision that <paramref name="e"/>, an event of <paramref name="batch"/>, is.</summary>
    public Decision(in Event e, EventBatch batch)
    {
        _batch = batch;
        (User, Time) = (e.User, e.Time);
        Context = batch.Features[e.Features];
        Actions = batch.Actions[e.Actions];
    }

    /// <summary>Key of the user; <see cref="Keys.EntityKeyCodec.None"/> where there is none.</summary>
    public ulong User { get; }

    /// <summary>Event time, microseconds since the Unix epoch.</summary>
    public long Time { get; }

    /// <summary>Features of the context, shared by all actions.</summary>
    public ReadOnlySpan<Feature> Context { get; }

    /// <summary>The actions, at least one; their ids differ.</summary>
    public ReadOnlySpan<CandidateAction> Actions { get; }

    /// <summary>Features of the action at <paramref name="index"/> alone.</summary>
    public ReadOnlySpan<Feature> FeaturesOf(int index) => _batch.Features[Actions[index].Features];
}
