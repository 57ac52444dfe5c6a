namespace Streaming.Sinks.Console;

/// <summary>Where progress is shown, and what it is measured with.</summary>
/// <param name="Writer">The console, or what stands for it; not closed.</param>
/// <param name="Time">The clock for rates and for how often a line is rewritten.</param>
/// <param name="IsTerminal">Whether lines can be rewritten in place; if not, rows are added to a table.</param>
/// <param name="Width">Columns of the terminal, at least 20; a longer line is cut.</param>
/// <param name="Progress">Share of the source that is done, 0 to 1; NaN where it is not known.</param>
public sealed record ProgressOptions(TextWriter Writer, TimeProvider Time, bool IsTerminal, int Width, Func<double> Progress);
