using System.Runtime.InteropServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.Sources;
using Streaming.Abstractions.State;
using Streaming.Shared.State;
using Streaming.Sinks.Postgres;
using Streaming.Sinks.Tests.Postgres;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests.Contract;

/// <summary>What <see cref="ISink"/> promises, for every line of the catalogue.</summary>
[Collection(PostgresTests.Name)]
public sealed class SinkContractTests(PostgresFixture fixture)
{
    public static TheoryData<string> Types => [.. SinkCatalogue.All.Select(t => t.Name)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Types))]
    public async Task The_same_batches_again_after_a_resume_change_nothing(string type)
    {
        await using Outlet outlet = await OpenAsync(type);
        byte[]? state;
        await using (ISink whole = outlet.Create())
        {
            await WriteAsync(whole, outlet, 0, 40);
            await whole.FlushAsync(1, Token);
            state = whole is IStateful stateful ? StateBytes.Save(stateful) : null;
            await WriteAsync(whole, outlet, 40, 100);
            await whole.FlushAsync(0, Token);
        }

        IReadOnlyList<string> before = await outlet.ContentAsync();
        Assert.NotEmpty(before);
        await using (ISink resumed = outlet.Create())
        {
            if (resumed is IStateful stateful) StateBytes.Restore(stateful, state!);
            await WriteAsync(resumed, outlet, 40, 100);
            await resumed.FlushAsync(0, Token);
        }

        Assert.Equal(before, await outlet.ContentAsync());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_cancelled_call_does_nothing(string type)
    {
        await using Outlet outlet = await OpenAsync(type);
        await using ISink sink = outlet.Create();
        CancellationToken cancelled = new(canceled: true);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sink.WriteAsync(Stream.Batch(10, outlet.Names), cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await sink.FlushAsync(1, cancelled));
        Assert.Empty(await outlet.ContentAsync());
        await WriteAsync(sink, outlet, 0, 20);
        await sink.FlushAsync(1, Token);
        Assert.NotEmpty(await outlet.ContentAsync());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_sink_can_be_disposed_twice_and_unused(string type)
    {
        await using Outlet outlet = await OpenAsync(type);
        ISink unused = outlet.Create();
        await unused.DisposeAsync();
        await unused.DisposeAsync();
        Assert.Empty(await outlet.ContentAsync());
        ISink used = outlet.Create();
        await WriteAsync(used, outlet, 0, 20);
        await used.FlushAsync(1, Token);
        await used.DisposeAsync();
        await used.DisposeAsync();
        Assert.NotEmpty(await outlet.ContentAsync());
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task Batches_without_events_are_taken_for_what_they_carry(string type)
    {
        await using Outlet outlet = await OpenAsync(type);
        await using ISink sink = outlet.Create();
        await sink.WriteAsync(Stream.Empty(0), Token);
        EventBatch control = Stream.Empty(1);
        control.Control = new ControlMark(ControlKind.Forget, outlet.Names.Encode("user-1"));
        await sink.WriteAsync(control, Token);
        await sink.FlushAsync(1, Token);
        Assert.Empty(await outlet.ContentAsync());

        EventBatch bad = Stream.Empty(2);
        bad.Rejections.Add(0, 1, 2, new DecodeError(RejectionReason.Malformed, ""), "no record"u8, 9, 100);
        await sink.WriteAsync(bad, Token);
        await sink.FlushAsync(2, Token);
        Assert.Equal(type.EndsWith("dead-letters", StringComparison.Ordinal) ? 1 : 0, (await outlet.ContentAsync()).Count);

        int letters = (await outlet.ContentAsync()).Count;
        EventBatch report = Stream.Empty(Stream.Every);
        report.Report = Runs.Report();
        await sink.WriteAsync(report, Token);
        await sink.FlushAsync(3, Token);
        Assert.Equal(sink.ReportEvery > 0, (await outlet.ContentAsync()).Count > letters);
    }

    [Theory]
    [MemberData(nameof(Types))]
    public async Task A_batch_is_only_read(string type)
    {
        await using Outlet outlet = await OpenAsync(type);
        await using ISink sink = outlet.Create();
        EventBatch batch = Stream.Batch(10, outlet.Names);
        byte[] before = Bytes(batch);
        await sink.WriteAsync(batch, Token);
        await sink.FlushAsync(1, Token);
        Assert.Equal(before, Bytes(batch));
        Assert.Equal((10, 1, 20), (batch.Records.Count, batch.Rejections.Count, batch.Position.Single.Records));
    }

    private static byte[] Bytes(EventBatch batch) =>
    [
        .. MemoryMarshal.AsBytes(batch.Events),
        .. MemoryMarshal.AsBytes(batch.Column(new ColumnSlot<double>(0))),
        .. MemoryMarshal.AsBytes(batch.Column(new ColumnSlot<int>(0))),
    ];

    private static async Task WriteAsync(ISink sink, Outlet outlet, int from, int to)
    {
        for (int first = from; first < to; first += 10) await sink.WriteAsync(Stream.Batch(first, outlet.Names), Token);
    }

    private async Task<Outlet> OpenAsync(string name)
    {
        SinkType type = SinkCatalogue.All.Single(t => t.Name == name);
        return await Outlet.OfAsync(type, type.OptionsType == typeof(PostgresSinkOptions) ? await fixture.StartAsync() : null);
    }
}
