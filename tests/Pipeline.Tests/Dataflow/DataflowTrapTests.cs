using Streaming.Host.Graph;
using Streaming.Shared.Chaos;
using Xunit;

namespace Streaming.Pipeline.Tests.Dataflow;

/// <summary>One test for each way in which TPL Dataflow, left to itself, loses messages, hangs, or calls a fault a success.</summary>
public class DataflowTrapTests
{
    private const long Events = 10_000;

    [Fact]
    public async Task A_slow_bounded_sink_gets_every_event_though_another_is_fast()
    {
        RecordingSink fast = new();
        RecordingSink slow = new() { Before = async _ => await Task.Yield() };
        Graph graph = new(Events, [new SummingOperator()], [fast, slow]);
        await graph.RunAsync();
        Assert.Equal(Enumerable.Range(0, (int)Events).Select(i => (long)i), slow.Offsets);
        Assert.Equal(slow.Offsets, fast.Offsets);
        Assert.Equal(0, graph.Pool.Rented);
    }

    [Fact]
    public async Task A_fault_in_a_stage_ends_the_run_and_names_the_stage()
    {
        InvalidOperationException cause = new("row 17 is on fire");
        Graph graph = new(long.MaxValue, [new SummingOperator(), new SummingOperator { FailAt = 5000, Failure = cause }, new SummingOperator()], [new RecordingSink()]);
        PipelineFaultException fault = await Assert.ThrowsAsync<PipelineFaultException>(() => graph.RunAsync());
        Assert.Equal("stage op1", fault.Part);
        Assert.Same(cause, fault.InnerException);
        Assert.Contains("row 17 is on fire", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fault_in_a_sink_ends_the_run_though_the_producer_waits_for_room()
    {
        Graph graph = new(long.MaxValue, [new SummingOperator()], [new RecordingSink { FailAt = 700, Failure = new IOException("disk full") }, new RecordingSink()]);
        PipelineFaultException fault = await Assert.ThrowsAsync<PipelineFaultException>(() => graph.RunAsync());
        Assert.Equal("sink sink0", fault.Part);
        Assert.IsType<IOException>(fault.InnerException);
    }

    [Fact]
    public async Task A_fault_in_the_source_ends_the_run()
    {
        Graph graph = new(Events, [new SummingOperator()], [new RecordingSink()]) { Source = new CountingSource(Events, 3000, new IOException("the cable is out")) };
        PipelineFaultException fault = await Assert.ThrowsAsync<PipelineFaultException>(() => graph.RunAsync());
        Assert.Equal("the source", fault.Part);
    }

    [Fact]
    public async Task A_fault_while_another_sink_never_finishes_its_batch_still_ends_the_run()
    {
        RecordingSink stuck = new() { Before = ct => Task.Delay(Timeout.Infinite, ct) };
        Graph graph = new(long.MaxValue, [new SummingOperator()], [stuck, new RecordingSink { FailAt = 10, Failure = new IOException("gone") }]);
        PipelineFaultException fault = await Assert.ThrowsAsync<PipelineFaultException>(() => graph.RunAsync());
        Assert.Equal("sink sink1", fault.Part);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_cancellation_that_nobody_asked_for_is_a_fault_and_no_success(bool dataflow)
    {
        Graph graph = new(Events, [new SummingOperator { FailAt = 4000, Failure = new OperationCanceledException() }], [new RecordingSink()]);
        PipelineFaultException fault = await Assert.ThrowsAsync<PipelineFaultException>(() => graph.RunAsync(dataflow));
        Assert.Equal("stage op0", fault.Part);
    }

    [Fact]
    public async Task Cancelling_from_outside_ends_the_run_as_cancelled()
    {
        using CancellationTokenSource cancel = new();
        int batches = 0;
        SummingOperator op = new() { Before = () => { if (++batches == 20) cancel.Cancel(); } };
        Graph graph = new(long.MaxValue, [op], [new RecordingSink()]);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => graph.RunAsync(ct: cancel.Token));
    }

    [Fact]
    public async Task Completion_reaches_every_part_only_after_its_last_event()
    {
        SummingOperator[] ops = [new(), new(), new()];
        RecordingSink[] sinks = [new() { Before = async _ => await Task.Yield() }, new()];
        Graph graph = new(Events, ops, sinks);
        await graph.RunAsync();
        Assert.All(ops, o => Assert.True(o.Completed && o.Events == Events));
        Assert.All(sinks, s => Assert.Equal([0L], s.Flushes));
    }

    [Fact]
    public async Task The_graph_and_the_plain_loop_give_the_same_result()
    {
        SummingOperator[] graphOps = [new(), new()], plainOps = [new(), new()];
        RecordingSink graphSink = new(), plainSink = new();
        await new Graph(Events, graphOps, [graphSink]).RunAsync();
        await new Graph(Events, plainOps, [plainSink]).RunAsync(dataflow: false);
        Assert.Equal(plainOps.Select(o => o.Sum), graphOps.Select(o => o.Sum));
        Assert.Equal(plainSink.Offsets, graphSink.Offsets);
    }

    [Fact]
    public async Task A_slow_stage_holds_the_source_back_to_the_pool()
    {
        int most = 0;
        Graph graph = null!;
        SummingOperator slow = new() { Before = () => most = Math.Max(most, graph.Pool.Rented) };
        graph = new(Events, [slow], [new RecordingSink()]);
        await graph.RunAsync();
        Assert.InRange(most, 1, graph.Pool.Size);
        Assert.Equal(0, graph.Pool.Rented);
    }

    [Fact]
    public async Task A_stop_in_good_order_finishes_what_was_read_and_completes_nothing()
    {
        int asked = 0;
        SummingOperator op = new();
        RecordingSink sink = new();
        Graph graph = new(long.MaxValue, [op], [sink]) { StopRequested = () => ++asked == 10 };
        await graph.RunAsync();
        Assert.Equal(640, op.Events);
        Assert.Equal(640, sink.Offsets.Count);
        Assert.False(op.Completed);
        Assert.Equal(0, graph.Pool.Rented);
    }

    [Fact]
    public async Task A_graph_without_sinks_or_stages_gives_every_batch_back()
    {
        Graph graph = new(Events, [], []);
        await graph.RunAsync();
        Assert.Equal(0, graph.Pool.Rented);
    }
}
