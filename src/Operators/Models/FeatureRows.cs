using System.Numerics;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Rows of items that are what is listed of them: a feature's value, over the root mean square that it has in the catalogue, times its inverse document frequency, at the feature's column; the row is scaled to length 1. An item
/// without features has a row of zeros.
/// </summary>
/// <remarks>
/// The first features of the catalogue have a column each, the others share them by a hash with a sign (Weinberger et al. 2009, "Feature hashing for large scale multitask learning", section 2). State: the features that have
/// one, so that they keep it when the catalogue changes; what is new takes those left. O(features) an item. One caller at a time.
/// </remarks>
/// <param name="catalogue">What is known of items.</param>
/// <param name="dimensions">Columns.</param>
/// <param name="idf">Whether rare features count more.</param>
internal sealed class FeatureRows<T>(ItemCatalogue catalogue, int dimensions, bool idf) : IRowInitializer<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly Dictionary<ulong, double> _weights = Weights(catalogue, idf);
    private readonly Dictionary<ulong, int> _columns = [];
    private readonly List<ulong> _order = [];
    private readonly double[] _sums = new double[dimensions];

    /// <inheritdoc/>
    public string Description => "features of items";

    /// <summary>Most bytes: 40 for each feature that the catalogue has at most, 48 for each column.</summary>
    public static long BytesFor(ItemCatalogue catalogue, int dimensions) => (40 * catalogue.FeatureCount) + (48L * dimensions);

    /// <summary>Gives the catalogue's features that have no column one each, in the order of the catalogue, as long as there are any.</summary>
    public void Extend()
    {
        foreach (ulong item in catalogue.Items)
        {
            foreach (Feature feature in catalogue.Features(item))
            {
                if (_order.Count < dimensions && _columns.TryAdd(feature.Key, _order.Count)) _order.Add(feature.Key);
            }
        }
    }

    /// <inheritdoc/>
    public void Fill(ulong key, Span<T> row)
    {
        Array.Clear(_sums);
        foreach (Feature feature in catalogue.Features(key))
        {
            double value = feature.Value * _weights[feature.Key];
            if (_columns.TryGetValue(feature.Key, out int column)) _sums[column] += value;
            else _sums[Column(feature.Key)] += (feature.Key >> 63) == 0 ? value : -value;
        }

        double square = 0;
        foreach (double sum in _sums) square += sum * sum;
        double scale = square > 0 && double.IsFinite(square) ? 1 / Math.Sqrt(square) : 0;
        for (int i = 0; i < row.Length; i++) row[i] = T.CreateTruncating(_sums[i] * scale);
    }

    /// <summary>Writes which features have a column.</summary>
    public void Save(ref StateWriter writer) => writer.WriteSpan<ulong>(_order.ToArray());

    /// <summary>Becomes what was saved, and extends it. Before any row is asked for.</summary>
    public void Restore(ref StateReader reader)
    {
        _columns.Clear();
        _order.Clear();
        foreach (ulong feature in reader.ReadArray<ulong>(dimensions))
        {
            if (!_columns.TryAdd(feature, _order.Count)) throw new StateMismatchException("The snapshot has a feature twice.");
            _order.Add(feature);
        }

        Extend();
    }

    private int Column(ulong feature) => (int)(((feature * 0x9E3779B97F4A7C15UL) >> 32) % (ulong)dimensions);

    private static Dictionary<ulong, double> Weights(ItemCatalogue catalogue, bool idf)
    {
        Dictionary<ulong, (int Items, double Squares)> counts = [];
        foreach (ulong item in catalogue.Items)
        {
            foreach (Feature feature in catalogue.Features(item))
            {
                (int items, double squares) = counts.GetValueOrDefault(feature.Key);
                counts[feature.Key] = (items + 1, squares + ((double)feature.Value * feature.Value));
            }
        }

        Dictionary<ulong, double> weights = [];
        foreach ((ulong feature, (int items, double squares)) in counts)
            weights[feature] = squares > 0 ? (idf ? PortableMath.Log(1 + ((double)catalogue.Count / items)) : 1) / Math.Sqrt(squares / items) : 0;
        return weights;
    }
}
