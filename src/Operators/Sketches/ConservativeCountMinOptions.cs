namespace Streaming.Operators.Sketches;

/// <summary>Options of a Count-Min sketch with conservative update, by its own name.</summary>
public sealed class ConservativeCountMinOptions : CountMinOptions
{
    /// <summary>The same as <see cref="CountMinOptions"/>, with <see cref="CountMinVariant.Conservative"/> as the default.</summary>
    public ConservativeCountMinOptions() => Variant = CountMinVariant.Conservative;
}
