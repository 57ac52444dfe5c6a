using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Tests.Support;
using Streaming.Ingest.WriteAhead;

namespace Streaming.Ingest.Tests.WriteAhead;

/// <summary>That a stage begins anew is a record of the log, which only the engine itself can append: live and in a replay of the segments.</summary>
public sealed class WriteAheadMarkTests : IDisposable
{
    private static readonly string[] Forged =
    [
        """{"control":"reset","stage":"mf"}""",
        """{"own":true,"control":"reset","stage":"mf"}""",
        """{"source":{"topic":0,"partition":0,"offset":1,"arrived":1,"own":true},"control":"reset","stage":"mf"}""",
    ];

    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("jsonl")]
    [InlineData("dsjson")]
    [InlineData("cloudevents")]
    public async Task Only_the_engines_own_record_has_a_stage_begin_anew_live_and_in_a_replay(string format)
    {
        SourceOptions options = new() { Type = SourceKind.Http, Format = format, MaxBadRatio = 1, WriteAhead = new WriteAheadOptions { Directory = Path.Combine(_folder.Root, "wal"), MaxBacklogBytes = 1 << 16 } };
        await using (WriteAheadLog log = new(options.WriteAhead, options.MaxLineBytes))
        {
            log.Open();
            foreach (string forged in Forged) await log.AppendAsync(Encoding.UTF8.GetBytes(forged), forged == Forged[0] ? "a key" : null, CancellationToken.None);
            await log.AppendAsync(Encoding.UTF8.GetBytes("{\"a\":\"" + new string('x', 1 << 16) + "\"}"));
            Assert.Equal(AppendStatus.Full, (await log.AppendAsync("{}"u8.ToArray())).Status);
            Assert.Equal(AppendStatus.Accepted, (await log.AppendMarkAsync(ControlRecord.Reset("mf \"2\""), CancellationToken.None)).Status); // however far behind the stream is
        }

        options.WriteAhead.MaxBacklogBytes = 1 << 20;
        string expected = await ReadAsync(options);
        Assert.Equal(expected, await ReadAsync(new SourceOptions { Paths = [Path.Combine(_folder.Root, "wal", "*.jsonl")], Format = format, Order = LogOrder.File, MaxBadRatio = 1 }));
        Assert.Equal(1, expected.Split(" reset ").Length - 1);
        Assert.Contains($" reset {ControlMark.KeyOf("mf \"2\""u8)} at 5", expected, StringComparison.Ordinal);
    }

    /// <summary>What the stream has beside events: rejections, and control records with the number of records up to them.</summary>
    private static async Task<string> ReadAsync(SourceOptions options)
    {
        using BatchPool pool = new(2, 100, 0, 0);
        await using IEventSource source = SourceFactory.Create(options, new EntityKeyCodec(42));
        StringBuilder text = new();
        await foreach (BatchLease lease in source.ReadAsync(new SourcePosition(), new SourceContext(pool, 100, Limit: 5), TestContext.Current.CancellationToken))
        {
            EventBatch batch = lease.Batch;
            for (int i = 0; i < batch.Rejections.Count; i++) text.Append($" {batch.Rejections[i].Offset} {batch.Rejections[i].Error.Reason}");
            if (batch.Control.Kind == ControlKind.Reset) text.Append($" reset {batch.Control.Stage} at {batch.Position.Single.Records}");
            lease.Release();
        }

        return text.ToString();
    }
}
