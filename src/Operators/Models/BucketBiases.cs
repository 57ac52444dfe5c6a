using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Biases of items that hold for a stretch of time each: bucket floor(t / width) (Koren 2009, "Collaborative filtering with temporal dynamics", section 3.1, b_i,Bin(t)). An item
/// has a ring of the newest buckets in which it came; a newer one takes the place of the one it falls upon, and an event older than that has no bucket.
/// </summary>
/// <remarks>O(1). 16 bytes a bucket, row-major, committed as rows are used. A bucket that is not there has the bias 0. One caller at a time. State: the rings by row.</remarks>
internal sealed class BucketBiases : IDisposable
{
    private const double MicrosPerDay = 86_400e6;

    private readonly EntityTable _items;
    private readonly RowValues<Bucket> _rings;
    private readonly long _width;
    private readonly ulong _length;

    /// <summary>Biases of these items.</summary>
    /// <param name="items">Who has which row.</param>
    /// <param name="days">Width of a bucket in days, positive; at least a microsecond is taken.</param>
    /// <param name="length">Buckets of a ring, positive.</param>
    public BucketBiases(EntityTable items, double days, int length)
    {
        (_items, _width, _length) = (items, (long)Math.Max(1, Math.Round(days * MicrosPerDay)), (ulong)length);
        _rings = new RowValues<Bucket>(items, length);
    }

    /// <summary>Most bytes for so many items.</summary>
    public static long BytesFor(int items, int length) => RowValues<Bucket>.BytesFor(items, length);

    /// <summary>Number of the bucket of a time, microseconds since the Unix epoch: at least 1, larger for later ones.</summary>
    public ulong Number(long time)
    {
        long number = Math.DivRem(time, _width, out long rest);
        if (rest < 0) number--;
        return Math.Max(1, (ulong)number ^ (1UL << 63)); // no bucket is 0, so that a ring of zeros is empty
    }

    /// <summary>The item's bias in a bucket.</summary>
    public double Of(int row, ulong number)
    {
        Bucket bucket = _rings.Of(row)[(int)(number % _length)];
        return bucket.Number == number ? bucket.Bias : 0;
    }

    /// <summary>Sets the item's bias in a bucket, unless its place is a newer one's.</summary>
    public void Set(int row, ulong number, double bias)
    {
        ref Bucket bucket = ref _rings.Change(row)[(int)(number % _length)];
        if (bucket.Number <= number) bucket = new Bucket(number, bias);
    }

    /// <summary>The row is given up, or its item starts anew.</summary>
    public void Clear(int row) => _rings.Change(row).Clear();

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer) => _rings.Save(ref writer);

    /// <summary>Becomes what was saved, for the items that there now are.</summary>
    public void Restore(ref StateReader reader)
    {
        _rings.Restore(ref reader);
        for (int row = 0; row < _items.Count; row++)
        {
            ReadOnlySpan<Bucket> ring = _rings.Of(row);
            for (int place = 0; place < ring.Length; place++)
            {
                if (!double.IsFinite(ring[place].Bias) || (ring[place].Number % _length != (ulong)place && ring[place] != default))
                    throw new StateMismatchException($"The snapshot has bucket {ring[place].Number} of bias {ring[place].Bias} at place {place} of {_length}.");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _rings.Dispose();

    private readonly record struct Bucket(ulong Number, double Bias);
}
