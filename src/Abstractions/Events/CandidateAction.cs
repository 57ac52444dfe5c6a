namespace Streaming.Abstractions.Events;

/// <summary>One of the actions that a decision had to choose from.</summary>
/// <param name="Id">Key of its id (<see cref="Keys.EntityKeyCodec"/>); unlike that of every other action of the decision.</param>
/// <param name="Features">Its own features, in <see cref="EventBatch.Features"/>; may be empty.</param>
public readonly record struct CandidateAction(ulong Id, ArenaSpan Features);
