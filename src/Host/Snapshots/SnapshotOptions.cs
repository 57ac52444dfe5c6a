using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;

namespace Streaming.Host.Snapshots;

/// <summary>Options under <c>Snapshots</c>.</summary>
internal sealed class SnapshotOptions : IValidatableOptions
{
    /// <summary>Folder of the snapshots; none are made without it.</summary>
    public string? Directory { get; set; }

    /// <summary>Source records between two snapshots; 0 makes one at the end only. Default 100,000. More often costs time, less often repeats more work after a crash.</summary>
    [Range(0, long.MaxValue)]
    public long? Every { get; set; }

    /// <summary>
    /// Most seconds between two snapshots of a running worker, beside those by records, 1 to 86,400; default 60. Without new records none is made. A replay makes none by
    /// the clock.
    /// </summary>
    [Range(1.0, 86_400.0)]
    public double Seconds { get; set; } = 60;

    /// <summary><see cref="Every"/>, or its default.</summary>
    internal long RecordsBetween => Every ?? 100_000;

    /// <summary>Snapshots kept. Default 3. More survive more damage, and take more room.</summary>
    [Range(1, 1000)]
    public int Keep { get; set; } = 3;

    /// <summary>Whether to go on from the newest valid snapshot. Default false: start over, and remove older snapshots.</summary>
    public bool Resume { get; set; }

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        if (Every is not null && string.IsNullOrEmpty(Directory)) yield return (nameof(Every), "needs Snapshots:Directory (--checkpoint DIR): the folder the snapshots go to");
        if (Resume && string.IsNullOrEmpty(Directory)) yield return (nameof(Resume), "needs Snapshots:Directory (--checkpoint DIR): the folder to resume from");
    }
}
