using Streaming.Host.Web;
using Streaming.Ingest.WriteAhead;

namespace Streaming.Host.Tests.Web;

/// <summary>A worker that does what a test says, and remembers what was asked of it.</summary>
internal sealed class FakeWorker : IWorkerControl
{
    public WorkerHealth Health { get; set; } = new(true, true, true, "");

    public WriteAheadLog? Intake { get; init; }

    public List<string> Asked { get; } = [];

    public Exception? Failure { get; set; }

    public Task<IReadOnlyDictionary<int, (long Epoch, long Events)>> SnapshotAsync(CancellationToken ct)
    {
        Asked.Add("snapshot");
        if (Failure is not null) throw Failure;
        return Task.FromResult<IReadOnlyDictionary<int, (long Epoch, long Events)>>(new Dictionary<int, (long, long)> { [3] = (7, 70), [0] = (5, 50) });
    }

    public bool Pause()
    {
        Asked.Add("pause");
        return true;
    }

    public bool Resume()
    {
        Asked.Add("resume");
        return false;
    }

    public Task<bool> ResetAsync(string stage, CancellationToken ct)
    {
        Asked.Add($"reset {stage}");
        return Task.FromResult(stage == "mf");
    }
}
