using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Drift;

/// <summary>Options of the stage <c>ddm</c>.</summary>
public sealed class DdmStageOptions : DdmOptions, IDriftStageOptions
{
    /// <summary>The column to watch, as <c>stage.column</c> (<c>mf.loss</c>). Required.</summary>
    [Required]
    public string Watch { get; set; } = "";

    /// <summary>A watched value above this, in the column's unit, is an error (1), any other none (0). Default none: the column holds errors or losses
    /// in [0, 1], and is clipped to that. Raising it calls fewer events errors.</summary>
    public double? ErrorAbove { get; set; }

    /// <inheritdoc/>
    public override IEnumerable<(string Option, string Message)> Validate()
    {
        foreach ((string Option, string Message) mistake in base.Validate()) yield return mistake;
        foreach ((string Option, string Message) mistake in WatchedColumn.Validate(Watch)) yield return mistake;
        if (ErrorAbove is double.NaN) yield return (nameof(ErrorAbove), "is NaN; it must be a number, or left out.");
    }
}
