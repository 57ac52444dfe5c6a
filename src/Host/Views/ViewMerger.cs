using Streaming.Abstractions.Stages;
using Streaming.Host.Graph;

namespace Streaming.Host.Views;

/// <summary>Merges what the shards have published of one stage.</summary>
/// <remarks>Builds two operators when they are first needed and restores them again and again: memory is twice that of the stage, whatever the number of shards. One caller at a time.</remarks>
internal sealed class ViewMerger(PlannedStage stage) : IDisposable
{
    private IMergeableOperator? _merged;
    private IMergeableOperator? _part;

    /// <summary>The first part with all others merged into it, in their order. Which they are decides every byte of it.</summary>
    /// <param name="parts">At least one, in the order of shards.</param>
    /// <returns>Valid until the next call.</returns>
    public IMergeableOperator Merge(IReadOnlyList<PublishedPart> parts)
    {
        parts[0].RestoreTo(_merged ??= Create());
        for (int i = 1; i < parts.Count; i++)
        {
            parts[i].RestoreTo(_part ??= Create());
            _merged.Merge(_part);
        }

        return _merged;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        (_merged as IDisposable)?.Dispose();
        (_part as IDisposable)?.Dispose();
    }

    private IMergeableOperator Create() => (IMergeableOperator)stage.Type.Create(stage.Options, stage.Binding);
}
