using Streaming.Abstractions.State;

namespace Streaming.Host.Graph;

/// <summary>The built parts of a plan: one chain of stages, and the sinks at its end.</summary>
internal sealed class Spine(IReadOnlyList<StageNode> stages, IReadOnlyList<SinkNode> sinks) : IAsyncDisposable
{
    public IReadOnlyList<StageNode> Stages => stages;

    public IReadOnlyList<SinkNode> Sinks => sinks;

    /// <summary>The parts that have state, with the ids of their sections.</summary>
    public IEnumerable<(string Id, IStateful Part)> StatefulParts => StatefulStages.Concat(sinks.Where(s => s.Sink is IStateful).Select(s => (s.Id, (IStateful)s.Sink)));

    /// <summary>Those of them that are stages.</summary>
    public IEnumerable<(string Id, IStateful Part)> StatefulStages => stages.Where(s => s.Operator is IStateful).Select(s => (s.Id, (IStateful)s.Operator));

    public async ValueTask DisposeAsync()
    {
        foreach (StageNode stage in stages) (stage.Operator as IDisposable)?.Dispose();
        foreach (SinkNode sink in sinks) await sink.Sink.DisposeAsync();
    }
}
