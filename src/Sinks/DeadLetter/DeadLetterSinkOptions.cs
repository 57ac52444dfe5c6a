using System.ComponentModel.DataAnnotations;

namespace Streaming.Sinks.DeadLetter;

/// <summary>Options of the <c>dead-letters</c> sink.</summary>
public sealed class DeadLetterSinkOptions : IFileSinkOptions
{
    /// <summary>
    /// The file for the records that were not taken, one JSON object a line; required, no default. <c>{shard}</c> stands for the number of the shard.
    /// Its folder must exist; the file is made with the first such record, and a run that is not resumed empties one that is there.
    /// </summary>
    [Required]
    public string File { get; set; } = "";
}
