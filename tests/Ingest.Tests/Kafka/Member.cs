using System.Collections.Concurrent;
using System.Collections.Frozen;
using Streaming.Abstractions.Kafka;
using Streaming.Ingest.Kafka;

namespace Streaming.Ingest.Tests.Kafka;

/// <summary>A process of the group, within the test: a source, its owner, and what it says.</summary>
public sealed class Member : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();

    public Member(string bootstrap, MemberOwner owner, SourceOptions options, string group = "g", params (string Name, string Value)[] settings)
    {
        Owner = owner;
        Source = new KafkaSource(options, Settings(bootstrap, group, settings), Said.Enqueue);
        Done = Source.RunAsync(owner, _stop.Token);
    }

    public MemberOwner Owner { get; }

    public KafkaSource Source { get; }

    public ConcurrentQueue<string> Said { get; } = new();

    public Task Done { get; }

    public static KafkaSettings Settings(string bootstrap, string group, params (string Name, string Value)[] settings)
    {
        Dictionary<string, string> common = new() { ["bootstrap.servers"] = bootstrap };
        Dictionary<string, string> consumer = new() { ["group.id"] = group, ["session.timeout.ms"] = "4500", ["heartbeat.interval.ms"] = "300" };
        foreach ((string name, string value) in settings) consumer[name] = value;
        return new KafkaSettings(common.ToFrozenDictionary(), consumer.ToFrozenDictionary(), FrozenDictionary<string, string>.Empty, AllowInsecureTls: false);
    }

    public static SourceOptions Options(params string[] topics) => new() { Type = SourceKind.Kafka, Kafka = new KafkaSourceOptions { Topics = [.. topics] } };

    /// <summary>Waits until it holds, or this member has ended.</summary>
    public async Task UntilAsync(Func<bool> condition, string what)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            if (Done.IsCompleted) await Done;
            if (Done.IsCompleted || patience.IsCancellationRequested)
                throw new TimeoutException($"Not {what}: calls {string.Join(", ", Owner.Calls)}; {Source.Counts}; said {string.Join(" | ", Said)}");
            await Task.Delay(5, CancellationToken.None);
        }
    }

    /// <summary>Leaves the group in good order.</summary>
    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await Done;
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Done.ContinueWith(_ => { }, TaskScheduler.Default);
        await Source.DisposeAsync();
        _stop.Dispose();
    }
}
