using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;

namespace Streaming.Abstractions.Stages;

/// <summary>
/// A stage whose states in several shards can be merged into one: what the stage would say had it seen all their streams. This contract, and nothing else, gives a
/// stage a view across shards; its <see cref="IStateful.Scope"/> is <see cref="StateScope.Mergeable"/>.
/// </summary>
/// <remarks>
/// What is merged are saved states: one operator is restored from each in turn, so <see cref="IStateful.Restore"/> may follow any other work here, and forgets what was
/// there. Which states are merged, and their order, decide every byte of the result.
/// </remarks>
public interface IMergeableOperator : IOperator, IStateful, IMergeable<IMergeableOperator>;
