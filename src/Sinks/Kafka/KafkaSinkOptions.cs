using System.ComponentModel.DataAnnotations;

namespace Streaming.Sinks.Kafka;

/// <summary>Options of the sinks that write to a topic of Kafka. How the brokers are reached stands under <c>Kafka</c>, for all of them.</summary>
public class KafkaSinkOptions
{
    /// <summary>The topic to write to; required, no default. The program does not make it.</summary>
    [Required]
    public string Topic { get; set; } = "";

    /// <summary>
    /// Whether the messages between two snapshots are one transaction, committed at the snapshot; default false. A consumer with <c>isolation.level=read_committed</c> then
    /// gets messages a snapshot's interval later, and none that a run sent after its last commit before it died. Those of a transaction that was committed right before a crash
    /// come again after the resume, with the same headers: exactly once takes a consumer that drops what it has seen.
    /// </summary>
    public bool Transactional { get; set; }

    /// <summary>
    /// How long a snapshot, a full queue or the first contact may wait for the brokers before the run fails, in seconds, 1 to 3,600; default 30. Raise it to ride out longer
    /// outages; the run stands still meanwhile.
    /// </summary>
    [Range(1, 3600)]
    public int FlushSeconds { get; set; } = 30;
}
