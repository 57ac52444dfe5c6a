using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Drift;

/// <summary>Options of the stage <c>adwin</c>.</summary>
public sealed class AdwinStageOptions : AdwinOptions, IDriftStageOptions, IValidatableOptions
{
    /// <summary>The column to watch, as <c>stage.column</c> (<c>mf.loss</c>). Required.</summary>
    [Required]
    public string Watch { get; set; } = "";

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate() => WatchedColumn.Validate(Watch);
}
