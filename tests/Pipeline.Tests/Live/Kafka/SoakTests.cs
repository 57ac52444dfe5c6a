using System.Globalization;
using Streaming.Abstractions.Randomness;
using Streaming.Pipeline.Tests.Memory;
using Streaming.Shared.Kafka;
using Streaming.Shared.Processes;
using Xunit;

namespace Streaming.Pipeline.Tests.Live.Kafka;

/// <summary>
/// A worker that runs for long under faults that come at random learns every record once, and takes no more memory, handles and threads in the end than it did in the middle.
/// </summary>
[Collection(nameof(Alone))]
public class SoakTests(ITestOutputHelper output)
{
    private const int Partitions = 2;
    private const int PerSecond = 5000;
    private const double Mebibyte = 1 << 20;
    private const ulong Seed = 41;

    /// <summary>
    /// Bytes by which what is held may differ between the middle and the end. The heap and the client's buffers swing by 3 to 6 million with the backlog that faults leave, and
    /// code that is compiled late takes another. In ten minutes the bound is 6 bytes an event, a quarter of the smallest object. A shorter run tells less.
    /// </summary>
    private const double MostBytes = 8 << 20;

    [Fact]
    public async Task Faults_for_ten_minutes_leave_memory_handles_and_threads_flat()
    {
        if (Environment.GetEnvironmentVariable("STREAMING_SOAK") != "1") Assert.Skip("takes ten minutes: STREAMING_SOAK=1 (./test --soak) runs it");
        if (!OperatingSystem.IsLinux()) Assert.Skip("reads what another process takes from /proc");
        int seconds = int.Parse(Environment.GetEnvironmentVariable("STREAMING_SOAK_SECONDS") ?? "600", CultureInfo.InvariantCulture);
        await using MockCluster cluster = await MockCluster.StartAsync(1, ("events", Partitions));
        using KafkaWorker worker = new(cluster, "soak");
        await using RecordFlow flow = new(cluster, Partitions, PerSecond);
        using StreamingProcess process = StreamingProcess.Start([], worker.Arguments(), TimeSpan.FromSeconds(seconds + 120));
        await worker.UntilAsync(process, [1, 1]);
        ResidentMemory memory = new();
        double middle = double.NaN;
        List<(int Handles, int Threads)> samples = [];
        using CancellationTokenSource over = new(TimeSpan.FromSeconds(seconds));
        Task<int> faults = BrokerFaults.RunAsync(cluster, new CounterRng(Seed, 1), over.Token);
        using (PeriodicTimer timer = new(TimeSpan.FromMilliseconds(500)))
        {
            while (!faults.IsCompleted && memory.Sample(process.Id, flow.Sent))
            {
                samples.Add((Count(process, "fd"), Count(process, "task")));
                await timer.WaitForNextTickAsync();
                if (double.IsNaN(middle) && samples.Count >= seconds) middle = await HeldAsync(process); // two samples a second
            }
        }

        int faultsMade = await faults;
        double end = await HeldAsync(process);
        (int handlesBefore, int handlesAfter) = Halves(samples, s => s.Handles);
        (int threadsBefore, int threadsAfter) = Halves(samples, s => s.Threads);
        output.WriteLine(
            $"seed {Seed}: {flow.Sent} records and {faultsMade} faults in {seconds} s; after a collection {middle / Mebibyte:F1} MiB in the middle, {end / Mebibyte:F1} at the end; "
            + $"resident {memory.Peak / Mebibyte:F0} MiB at most; handles {handlesBefore}, then {handlesAfter}; threads {threadsBefore}, then {threadsAfter}");
        long[] ends = await flow.StopAsync();
        await worker.UntilAsync(process, ends);
        await KafkaWorker.StopAsync(process);
        for (int shard = 0; shard < Partitions; shard++) Assert.Equal(Enumerable.Range(0, (int)ends[shard]).Select(o => (long)o), EventsFile.Offsets(worker.EventsOf(shard)));
        Assert.True(faultsMade >= seconds / 25, $"Only {faultsMade} faults were made.");
        Assert.True(end - middle < MostBytes, $"Collected, {middle / Mebibyte:F1} MiB were held in the middle, and {end / Mebibyte:F1} at the end.");
        Assert.True(handlesAfter <= handlesBefore + 4, $"There were {handlesBefore} handles, and then {handlesAfter}.");
        Assert.True(threadsAfter <= threadsBefore + 4, $"There were {threadsBefore} threads, and then {threadsAfter}.");
    }

    /// <summary>The least resident memory, in bytes, of some moments after full collections: the collector returns pages bit by bit, and events go on coming.</summary>
    private static async Task<double> HeldAsync(StreamingProcess process)
    {
        ResidentMemory collected = new();
        using PeriodicTimer timer = new(TimeSpan.FromSeconds(1));
        for (int moment = 0; moment < 12; moment++)
        {
            if (moment % 4 == 0) await InducedCollection.RunAsync(process.Id, CancellationToken.None);
            await timer.WaitForNextTickAsync();
            Assert.True(collected.Sample(process.Id, moment));
        }

        return collected.Least;
    }

    private static int Count(StreamingProcess process, string what)
    {
        try
        {
            return Directory.EnumerateFileSystemEntries($"/proc/{process.Id}/{what}").Count();
        }
        catch (IOException)
        {
            return 0; // it has ended, which is noticed next
        }
    }

    /// <summary>Medians of the third and of the last quarter of the samples.</summary>
    private static (int Before, int After) Halves(List<(int Handles, int Threads)> samples, Func<(int Handles, int Threads), int> pick)
    {
        int quarter = samples.Count / 4;
        int Median(int first) => samples.Skip(first).Take(quarter).Select(pick).Order().ElementAt(quarter / 2);
        return (Median(2 * quarter), Median(3 * quarter));
    }
}
