using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Sketches;

/// <summary>Which cells of a <see cref="CountMin"/> an occurrence raises.</summary>
public enum CountMinVariant
{
    /// <summary>One cell in each row: merging gives exactly the sketch of both streams.</summary>
    Plain,

    /// <summary>Only the cells that hold the estimate back: smaller errors on skewed streams, slower, merging is no longer exact.</summary>
    Conservative,
}

/// <summary>Options of <see cref="CountMin"/>.</summary>
public class CountMinOptions : IValidatableOptions
{
    /// <summary>Most cells of a sketch: 4 GiB.</summary>
    internal const long MaxCells = 1L << 30;

    /// <summary>
    /// Allowed overestimate as a share of the stream's total; above 0 (10^-7) to 1, default 0.005. Raising it shrinks the table: the width is
    /// ceil(e / Epsilon), unless <see cref="Width"/> says otherwise.
    /// </summary>
    [Range(1e-7, 1.0)]
    public double Epsilon { get; set; } = 0.005;

    /// <summary>
    /// Probability that a key's overestimate is larger than allowed; above 0 (10^-9) and below 1, default 0.05. Raising it takes rows away: the
    /// depth is ceil(ln(1 / Delta)), unless <see cref="Depth"/> says otherwise.
    /// </summary>
    [Range(1e-9, 0.999)]
    public double Delta { get; set; } = 0.05;

    /// <summary>Cells in a row; 1 to 2^28, default from <see cref="Epsilon"/>. Raising it lowers the error, e / Width of the total, in proportion.</summary>
    [Range(1, 1 << 28)]
    public int? Width { get; set; }

    /// <summary>Rows; 1 to 32, default from <see cref="Delta"/>. Each row divides the probability of a larger error by e, and costs time.</summary>
    [Range(1, 32)]
    public int? Depth { get; set; }

    /// <summary>Which cells an occurrence raises; default plain.</summary>
    public CountMinVariant Variant { get; set; } = CountMinVariant.Plain;

    /// <summary>The width in force.</summary>
    internal int EffectiveWidth => Width ?? (int)Math.Ceiling(Math.E / Epsilon);

    /// <summary>The depth in force.</summary>
    internal int EffectiveDepth => Depth ?? Math.Max(1, (int)Math.Ceiling(Math.Log(1 / Delta)));

    /// <summary>The error rate in force: <see cref="Epsilon"/>, or what an explicit width gives.</summary>
    internal double EffectiveEpsilon => Width is int width ? Math.E / width : Epsilon;

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        long cells = (long)EffectiveWidth * EffectiveDepth;
        if (cells > MaxCells)
            yield return (Width is null ? nameof(Epsilon) : nameof(Width), $"{EffectiveWidth} x {EffectiveDepth} is {cells} cells; at most {MaxCells} (4 GiB) are allowed.");
    }
}
