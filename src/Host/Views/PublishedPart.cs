using System.Collections.Immutable;
using Streaming.Abstractions.Stages;

namespace Streaming.Host.Views;

/// <summary>A shard's part of a view, while it is read. Disposing of it gives it back.</summary>
/// <param name="Publisher">Whose it is.</param>
/// <param name="State">What was published.</param>
/// <param name="Forgotten">Users who were forgotten since.</param>
internal sealed record PublishedPart(StagePublisher Publisher, PublishedState State, ImmutableArray<ulong> Forgotten) : IDisposable
{
    /// <summary>What tells whether the view must be made anew: this state, with so many users forgotten.</summary>
    public (int Shard, long Serial, int Forgotten) Mark => (Publisher.Shard, State.Serial, Forgotten.Length);

    /// <summary>Gives an operator the state, without those who were forgotten.</summary>
    public void RestoreTo(IMergeableOperator part)
    {
        State.RestoreTo(part);
        if (part is not IForgetful forgetful) return;
        foreach (ulong user in Forgotten) forgetful.Forget(user);
    }

    /// <inheritdoc/>
    public void Dispose() => Publisher.GiveBack(State);
}
