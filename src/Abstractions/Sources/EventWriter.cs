using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;

namespace Streaming.Abstractions.Sources;

/// <summary>
/// What a format writes through: it fills in events of a batch and gives out keys for ids. Valid during one call of
/// <see cref="IEventFormat.TryDecode"/>; nothing of it may be kept.
/// </summary>
public ref struct EventWriter
{
    private readonly EventBatch _batch;
    private readonly EntityKeyCodec _keys;
    private readonly BatchMark _before;

    /// <summary>A writer that appends to <paramref name="batch"/>.</summary>
    /// <param name="batch">Where events go.</param>
    /// <param name="keys">Gives ids their keys.</param>
    /// <param name="defaultTime">The time of the event before, which a record without a time takes over.</param>
    public EventWriter(EventBatch batch, EntityKeyCodec keys, long defaultTime)
    {
        (_batch, _keys, DefaultTime) = (batch, keys, defaultTime);
        _before = batch.Mark();
    }

    /// <summary>
    /// Time of a record that has none, in microseconds since the Unix epoch: that of the event before, unless what the record came in has one.
    /// </summary>
    public long DefaultTime { get; set; }

    /// <summary>Events added by this record so far.</summary>
    public readonly int Added => _batch.Count - _before.Events;

    /// <summary>
    /// Adds an event, with <see cref="Event.Time"/> set to <see cref="DefaultTime"/> and <see cref="Event.Offset"/> to -1: the source numbers it, unless the record
    /// says where it came from. The reference is valid until the next call.
    /// </summary>
    public readonly ref Event Add()
    {
        ref Event e = ref _batch.Add();
        e.Time = DefaultTime;
        e.Offset = -1;
        return ref e;
    }

    /// <summary>The event that this record added last. The reference is valid until the next one is added.</summary>
    public readonly ref Event Last => ref _batch.Events[^1];

    /// <summary>The key of an id, given as UTF-8. False if the id is empty, too long, not UTF-8, or has control characters.</summary>
    public readonly bool TryKey(ReadOnlySpan<byte> id, string field, out ulong key, out DecodeError error) => _keys.TryEncode(id, field, out key, out error);

    /// <summary>Adds a feature to the arena; the event's span is set by the caller with <see cref="FeaturesSince"/>.</summary>
    public readonly void AddFeature(Feature feature) => _batch.Features.Add(feature);

    /// <summary>Where the next feature will lie.</summary>
    public readonly int FeatureMark => _batch.Features.Length;

    /// <summary>The span of the features added since <paramref name="mark"/>.</summary>
    public readonly ArenaSpan FeaturesSince(int mark) => new(mark, _batch.Features.Length - mark);

    /// <summary>Adds a candidate action; the event's span is set by the caller with <see cref="ActionsSince"/>.</summary>
    public readonly void AddAction(CandidateAction action) => _batch.Actions.Add(action);

    /// <summary>Where the next action will lie.</summary>
    public readonly int ActionMark => _batch.Actions.Length;

    /// <summary>The span of the actions added since <paramref name="mark"/>.</summary>
    public readonly ArenaSpan ActionsSince(int mark) => new(mark, _batch.Actions.Length - mark);

    /// <summary>The actions of a span; valid until the next one is added.</summary>
    public readonly Span<CandidateAction> Actions(ArenaSpan span) => _batch.Actions[span];

    /// <summary>Adds the reward, or expected reward, of an action; the event's span is set by the caller with <see cref="RewardsSince"/>.</summary>
    public readonly void AddReward(double reward) => _batch.Rewards.Add(reward);

    /// <summary>Where the next reward will lie.</summary>
    public readonly int RewardMark => _batch.Rewards.Length;

    /// <summary>The span of the rewards added since <paramref name="mark"/>.</summary>
    public readonly ArenaSpan RewardsSince(int mark) => new(mark, _batch.Rewards.Length - mark);

    /// <summary>The rewards of a span; valid until the next one is added.</summary>
    public readonly Span<double> Rewards(ArenaSpan span) => _batch.Rewards[span];

    /// <summary>Takes back everything this record added.</summary>
    public readonly void Undo() => _batch.Rollback(_before);
}
