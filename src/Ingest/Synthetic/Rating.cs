namespace Streaming.Ingest.Synthetic;

/// <summary>One generated rating.</summary>
/// <param name="User">Id of the user, from 1.</param>
/// <param name="Item">Id of the item, from 1.</param>
/// <param name="HalfSteps">Twice the rating: 1 to 10.</param>
/// <param name="Seconds">Unix time.</param>
public readonly record struct Rating(int User, int Item, int HalfSteps, long Seconds)
{
    /// <summary>The rating, 0.5 to 5 in half steps.</summary>
    public double Value => HalfSteps * 0.5;
}
