namespace Streaming.Operators.Drift;

/// <summary>What the options of all drift stages have in common.</summary>
public interface IDriftStageOptions
{
    /// <summary>The column to watch, as <c>stage.column</c>: any real column of an earlier stage.</summary>
    string Watch { get; }
}
