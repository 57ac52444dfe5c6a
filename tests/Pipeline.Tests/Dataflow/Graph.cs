using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.Stages;
using Streaming.Host.Graph;

namespace Streaming.Pipeline.Tests.Dataflow;

/// <summary>A small graph of test doubles, run by either runner, with a bound on its time: a hang is a failed test.</summary>
internal sealed class Graph(long events, IReadOnlyList<IOperator> operators, IReadOnlyList<ISink> sinks)
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    public BatchPool Pool { get; } = new(6, 64, 0, 0);

    public IEventSource Source { get; init; } = new Streaming.Shared.Chaos.CountingSource(events);

    public Func<bool> StopRequested { get; init; } = () => false;

    public Task RunAsync(bool dataflow = true, CancellationToken ct = default)
    {
        Spine spine = new(
            [.. operators.Select((o, i) => new StageNode($"op{i}", "test", o, null, TimeProvider.System))],
            [.. sinks.Select((s, i) => new SinkNode($"sink{i}", s, null))]);
        BatchStream stream = new(Source, new SourceContext(Pool, 64), new SourcePosition(), new EntityKeyCodec(1)) { StopRequested = StopRequested };
        Task run = dataflow ? DataflowRunner.RunAsync(spine, stream, null, ct) : SynchronousRunner.RunAsync(spine, stream, null, ct);
        return run.WaitAsync(Patience, CancellationToken.None);
    }
}
