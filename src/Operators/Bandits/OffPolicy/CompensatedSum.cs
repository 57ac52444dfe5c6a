using Streaming.Abstractions.State;

namespace Streaming.Operators.Bandits.OffPolicy;

/// <summary>
/// A sum whose rounding error does not grow with the number of terms (Neumaier 1974, "Rundungsfehleranalyse einiger Verfahren zur Summation endlicher
/// Summen"): within 2^-52 of the sum and 2^-104 n of the sum of magnitudes.
/// </summary>
/// <remarks>A value type: one caller at a time.</remarks>
public struct CompensatedSum
{
    private double _sum;
    private double _lost;

    /// <summary>The sum so far.</summary>
    public readonly double Value => _sum + _lost;

    /// <summary>Adds a finite term; the sum must stay finite.</summary>
    public void Add(double term)
    {
        double sum = _sum + term;
        _lost += Math.Abs(_sum) >= Math.Abs(term) ? _sum - sum + term : term - sum + _sum;
        _sum = sum;
    }

    /// <summary>Writes the state.</summary>
    public readonly void Save(ref StateWriter writer)
    {
        writer.Write(_sum);
        writer.Write(_lost);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        _sum = reader.ReadFinite();
        _lost = reader.ReadFinite();
    }
}
