namespace Streaming.Host.Snapshots;

/// <summary>Tells a process that its snapshots are not wanted any more, because what they are of has gone to another. Safe from any thread.</summary>
internal interface ISnapshotFence
{
    /// <summary>Names the process in files: hexadecimal digits, another for each taking.</summary>
    string Name { get; }

    /// <summary>Asked before a snapshot is begun, and before it is made valid.</summary>
    /// <exception cref="IOException">It went to another process.</exception>
    void Check();
}
