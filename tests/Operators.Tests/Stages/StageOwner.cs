using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Tests.Stages;

/// <summary>Disposes of a stage, if it can be.</summary>
internal readonly struct StageOwner(IOperator stage) : IDisposable
{
    public IOperator Stage => stage;

    public IStateful State => (IStateful)stage;

    public void Dispose() => (stage as IDisposable)?.Dispose();
}
