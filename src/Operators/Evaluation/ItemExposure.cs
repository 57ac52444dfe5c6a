namespace Streaming.Operators.Evaluation;

/// <summary>How often an item came, and how often lists showed it.</summary>
internal struct ItemExposure
{
    /// <summary>Events of the item.</summary>
    public long Events;

    /// <summary>Lists it was in.</summary>
    public long Shown;

    /// <summary>Number of the last list it was in, from 1; 0 for none.</summary>
    public long Last;

    /// <summary>Lists it was in with fading memory, as of <see cref="Last"/>.</summary>
    public double Faded;
}
