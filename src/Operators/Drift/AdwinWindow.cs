using Streaming.Abstractions.State;

namespace Streaming.Operators.Drift;

/// <summary>
/// A window over a stream as an exponential histogram (Bifet, Gavalda 2007, section 3.2; variance after Babcock et al. 2003): row r holds up to
/// <c>MaxBuckets</c> buckets of 2^r values, each with its sum and its sum of squared deviations; when a row overflows, its two oldest buckets become
/// one of the next row.
/// </summary>
/// <remarks>
/// Memory is fixed: 52 rows, more than any stream fills. <see cref="Add"/> takes amortized constant time, <see cref="DropOldest"/> time
/// proportional to the number of buckets. No sum of squares is ever subtracted: after a drop the totals are put together anew from the buckets, so
/// that large values leave nothing behind.
/// </remarks>
internal sealed class AdwinWindow(int maxBuckets)
{
    private const int MaxRows = 52;
    private const long Widest = 1L << 48;

    private readonly int _rowLength = maxBuckets + 1;
    private readonly Bucket[] _buckets = new Bucket[MaxRows * (maxBuckets + 1)]; // rows x row length; each row is a ring
    private readonly int[] _heads = new int[MaxRows];
    private readonly int[] _counts = new int[MaxRows];
    private double _carry; // what rounding took from the running sum

    /// <summary>Rows in use, at least 1.</summary>
    public int Rows { get; private set; } = 1;

    /// <summary>Values in the window.</summary>
    public long Width { get; private set; }

    /// <summary>Sum of the values.</summary>
    public double Sum { get; private set; }

    /// <summary>Sum of the squared deviations from the mean; not negative.</summary>
    public double Deviations { get; private set; }

    /// <summary>Bytes of a window with rows of this length.</summary>
    public static long BytesFor(int maxBuckets) => MaxRows * ((16L * (maxBuckets + 1)) + 8) + 160;

    /// <summary>Buckets in a row.</summary>
    public int Count(int row) => _counts[row];

    /// <summary>Sum of the values of a bucket; 0 is the oldest of its row.</summary>
    public double SumOf(int row, int index) => At(row, index).Sum;

    /// <summary>Takes a value in as the newest.</summary>
    public void Add(double value)
    {
        if (Width > 0)
        {
            double n = Width;
            double d = value - (Sum / n);
            Deviations += n * d * d / (n + 1);
        }

        Width++;
        AddToSum(value);
        Append(0, new Bucket(value, 0));
        for (int row = 0; _counts[row] > maxBuckets; row++) MergeOldest(row);
    }

    /// <summary>Drops the oldest bucket. The window must not be empty.</summary>
    public void DropOldest()
    {
        int last = Rows - 1;
        RemoveOldest(last, 1);
        while (Rows > 1 && _counts[Rows - 1] == 0) Rows--;
        Recompute();
    }

    public void Clear()
    {
        Array.Clear(_heads);
        Array.Clear(_counts);
        (Rows, Width, Sum, Deviations, _carry) = (1, 0, 0, 0, 0);
    }

    /// <summary>Layout: sum, its carry, deviations, rows; per row, from the smallest buckets: count; per bucket, oldest first: sum, deviations.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Write(Sum);
        writer.Write(_carry);
        writer.Write(Deviations);
        writer.Write(Rows);
        for (int row = 0; row < Rows; row++)
        {
            writer.Write(_counts[row]);
            for (int i = 0; i < _counts[row]; i++) writer.Write(At(row, i));
        }
    }

    public void Restore(ref StateReader reader)
    {
        Clear();
        double sum = reader.ReadFinite();
        double carry = reader.ReadFinite();
        double deviations = reader.ReadFinite();
        Rows = Math.Max(1, reader.ReadLength(MaxRows));
        for (int row = 0; row < Rows; row++)
        {
            int count = reader.ReadLength(maxBuckets);
            for (int i = 0; i < count; i++)
            {
                Append(row, new Bucket(reader.ReadFinite(), reader.ReadFinite()));
            }

            Width += (long)count << row;
        }

        // The oldest bucket is looked for in the last row; and a window that no stream fills would outgrow the rows.
        if (Width > Widest || (Rows > 1 && _counts[Rows - 1] == 0))
            throw new StateMismatchException($"The snapshot of an ADWIN window has {Width} values in {Rows} rows, and {_counts[Rows - 1]} buckets in the last.");
        (Sum, Deviations, _carry) = (sum, deviations, carry);
    }

    private ref Bucket At(int row, int index)
    {
        int i = _heads[row] + index;
        if (i >= _rowLength) i -= _rowLength;
        return ref _buckets[(row * _rowLength) + i];
    }

    private void Append(int row, Bucket bucket) => At(row, _counts[row]++) = bucket;

    private void RemoveOldest(int row, int count)
    {
        int head = _heads[row] + count;
        _heads[row] = head >= _rowLength ? head - _rowLength : head;
        _counts[row] -= count;
    }

    private void MergeOldest(int row)
    {
        Bucket a = At(row, 0), b = At(row, 1);
        double size = 1L << row;
        double d = (a.Sum / size) - (b.Sum / size);
        RemoveOldest(row, 2);
        Append(row + 1, new Bucket(a.Sum + b.Sum, a.Deviations + b.Deviations + (size * d * d / 2)));
        if (row + 1 == Rows) Rows++;
    }

    /// <summary>Compensated addition (Kahan 1965): a long sum of values far from 0 stays exact to its last bits.</summary>
    private void AddToSum(double value)
    {
        double y = value - _carry;
        double sum = Sum + y;
        _carry = sum - Sum - y;
        Sum = sum;
    }

    private void Recompute()
    {
        double n = 0, deviations = 0;
        (Sum, _carry) = (0, 0);
        for (int row = 0; row < Rows; row++)
        {
            double size = 1L << row;
            for (int i = _counts[row] - 1; i >= 0; i--)
            {
                Bucket bucket = At(row, i);
                double d = n == 0 ? 0 : (Sum / n) - (bucket.Sum / size);
                deviations += bucket.Deviations + (n * size / (n + size) * d * d);
                n += size;
                AddToSum(bucket.Sum);
            }
        }

        (Width, Deviations) = ((long)n, deviations);
    }

    private readonly record struct Bucket(double Sum, double Deviations);
}
