using Streaming.Abstractions.Reports;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Bandits.Linear;

/// <summary>
/// Ridge regression for each of many arms, updated event by event: A = lambda I + sum w x x', b = sum w r x, weights A^-1 b (Li, Chu, Langford, Schapire
/// 2010, "A contextual-bandit approach to personalized news article recommendation", algorithm 1). The inverse follows by the formula of Sherman and
/// Morrison; every 4,096 updates of an arm, and where rounding has made it unsound, it is computed anew from A by Cholesky's decomposition.
/// </summary>
/// <remarks>
/// <para>Error: between two inversions the relative error of the inverse grows by a few units of 2^-53 times the condition of A for each update; at most
/// 4,096 of them add up.</para>
/// <para>Matrices cover the features an arm has met; an arm that has not met a feature knows it by lambda alone, so that growing (by doubling)
/// changes no value. All blocks together stay within a bound: an arm that needs more takes the blocks of those pulled longest ago, which a list in the
/// order of pulls names at once. O(f n) to score and O(n^2) to learn, with f features of n. One caller at a time.</para>
/// </remarks>
internal sealed unsafe partial class RidgeArms : ILargeState, ISlotState, IDisposable
{
    private const int UpdatesBetweenInversions = 4096;
    private const int FreePlaces = 128; // so many are inverted in the time of a few updates
    private const int BytesBesideBlock = 192; // what owns it, and its alignment

    private readonly EntityTable _entities;
    private readonly NativeBuffer<ArmBlock> _blocks;
    private readonly FrozenSlots _frozen;
    private readonly NativeBuffer<double> _product;
    private readonly NativeBuffer<int> _inside;
    private readonly long _maxBytes;
    private readonly double _lambda;
    private readonly int _longest;
    private NativeBuffer<double>?[] _memory = new NativeBuffer<double>?[16];
    private NativeBuffer<double>? _scratch;
    private long _bytes;
    private long _pulls;
    private int _oldest;
    private int _newest;
    private int _held;
    private long _dropped;
    private int _savedKnown;
    private int _frozenKnown;
    private int _frozenCount;

    /// <summary>Arms that know nothing.</summary>
    /// <exception cref="ArgumentException">Not even one arm fits into the bytes.</exception>
    public RidgeArms(LinearPolicyOptions options, int length)
    {
        if (options.MaxBytes < BlockBytes(options))
            throw new ArgumentException($"{options.MaxBytes} bytes do not hold one arm of {length} features, which takes {BlockBytes(options)}.", nameof(options));
        (_maxBytes, _lambda, _longest) = (options.MaxBytes, options.Lambda, RidgeKernel.Padded(length));
        _entities = new EntityTable(options.Arms);
        _blocks = new NativeBuffer<ArmBlock>(options.Arms);
        _frozen = new FrozenSlots(this, options.Arms);
        _product = new NativeBuffer<double>(_longest);
        _inside = new NativeBuffer<int>(length);
    }

    /// <summary>Arms set back because something was no longer finite.</summary>
    public long Resets { get; private set; }

    /// <summary>Bytes of an arm that has met every feature.</summary>
    public static long BlockBytes(LinearPolicyOptions options) => sizeof(double) * ArmBlock.Length(RidgeKernel.Padded(Length(options)));

    /// <summary>Most bytes of all arms: their blocks, one that grows or is inverted, and the tables.</summary>
    public static long BytesFor(LinearPolicyOptions options)
    {
        long block = BlockBytes(options), held = Math.Min(options.Arms, options.MaxBytes / BytesOf(RidgeKernel.Lanes));
        long tables = EntityTable.BytesFor(options.Arms) + ((long)sizeof(ArmBlock) * options.Arms) + FrozenSlots.BytesFor(options.Arms) + (held * BytesBesideBlock) + (12L * Length(options));
        return Math.Min(options.Arms * block, options.MaxBytes) + block + tables;
    }

    /// <summary>Expected reward and its squared width x' A^-1 x for an arm. Changes nothing; an arm that is not held has weights 0 and A = lambda I.</summary>
    /// <param name="action">The arm.</param>
    /// <param name="x">The features.</param>
    /// <param name="used">Places in use: no feature is at this place or behind.</param>
    public (double Mean, double Square) Score(ulong action, FeatureVector x, int used)
    {
        int row = _entities.Find(action);
        ArmBlock arm = row < 0 ? default : _blocks[row];
        (double Mean, double Square) score = arm.Inverse == null ? (0, Outside(x, 0)) : Score(arm, x, used);
        GC.KeepAlive(this);
        return score;
    }

    /// <summary>Learns what an arm has earned.</summary>
    /// <param name="action">The arm, which gets a block if it has none.</param>
    /// <param name="x">The features.</param>
    /// <param name="used">As for <see cref="Score(ulong, FeatureVector, int)"/>.</param>
    /// <param name="reward">The reward.</param>
    /// <param name="weight">Importance, above 0.</param>
    public void Learn(ulong action, FeatureVector x, int used, double reward, double weight)
    {
        int row = _entities.FindOrAdd(action, out Admission admission);
        _frozen.Touch(row);
        if (admission == Admission.Replaced) Drop(row);
        int needed = Math.Max(1, End(x));
        if (_blocks[row].Stride < needed) Grow(row, needed);
        ref ArmBlock arm = ref _blocks[row];
        Unlink(row);
        arm.LastPull = ++_pulls;
        LinkNewest(row);
        int columns = Math.Min(arm.Stride, RidgeKernel.Padded(used));
        double square = Product(arm, x, columns);
        if (!(square >= 0 && double.IsFinite(square)))
        {
            // Not again and again, by features that are out of all proportion: each inversion is paid for by the updates before it.
            if (arm.Updates + FreePlaces < columns || !Invert(ref arm, columns)) Reset(ref arm);
            square = Product(arm, x, columns);
        }

        Update(ref arm, x, columns, square, reward, weight);
        bool due = ++arm.Updates >= UpdatesBetweenInversions;
        bool sound = double.IsFinite(RidgeKernel.Dot(arm.Weights, arm.Weights, columns)) && (!due || Invert(ref arm, columns));
        if (!sound) Reset(ref arm);
        GC.KeepAlive(this);
    }

    /// <summary>Adds how many arms are held, how many were let go, and how many set back.</summary>
    public void Report(StageReport report)
    {
        report.Set("arms", _held);
        report.Set("evictions", _entities.Evictions + _dropped);
        report.Set("resets", Resets);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _entities.Dispose();
        _blocks.Dispose();
        _product.Dispose();
        _inside.Dispose();
        _scratch?.Dispose();
        _frozen.Dispose();
        foreach (NativeBuffer<double>? memory in _memory) memory?.Dispose();
    }

    private static int Length(LinearPolicyOptions options) => options.Dimensions + (options.Intercept ? 1 : 0);

    /// <summary>Whether pairs of features are fewer than rows times columns: few features of many.</summary>
    private static bool IsSparse(int count, int columns) => 8 * count <= columns;

    private (double Mean, double Square) Score(in ArmBlock arm, FeatureVector x, int used)
    {
        int* places = x.Places;
        int count = x.Count, columns = Math.Min(arm.Stride, RidgeKernel.Padded(used));
        double outside = 0;
        if (used > arm.Stride)
        {
            count = Inside(x, arm.Stride);
            outside = Outside(x, arm.Stride);
            places = _inside.Pointer;
        }

        if (IsSparse(count, columns)) return Pairs(arm, places, count, x.Values, outside);
        RidgeKernel.Combine(arm.Inverse, arm.Stride, places, count, x.Values, _product.Pointer, columns);
        return (RidgeKernel.Dot(arm.Weights, x.Values, columns), RidgeKernel.Dot(_product.Pointer, x.Values, columns) + outside);
    }

    private static (double Mean, double Square) Pairs(in ArmBlock arm, int* places, int count, double* values, double square)
    {
        double mean = 0;
        for (int i = 0; i < count; i++)
        {
            int place = places[i];
            double* row = arm.InverseRow(place);
            double value = values[place], twice = 0;
            for (int j = 0; j < i; j++) twice += row[places[j]] * values[places[j]];
            square += value * ((2 * twice) + (row[place] * value));
            mean += value * arm.Weights[place];
        }

        return (mean, square);
    }

    /// <summary>Fills the product A^-1 x; returns x' A^-1 x.</summary>
    private double Product(in ArmBlock arm, FeatureVector x, int columns)
    {
        RidgeKernel.Combine(arm.Inverse, arm.Stride, x.Places, x.Count, x.Values, _product.Pointer, columns);
        return RidgeKernel.Dot(_product.Pointer, x.Values, columns);
    }

    private void Update(ref ArmBlock arm, FeatureVector x, int columns, double square, double reward, double weight)
    {
        double gain = weight / (1 + (weight * square)), root = Math.Sqrt(gain);
        double* product = _product.Pointer, values = x.Values;
        double error = reward - RidgeKernel.Dot(arm.Weights, values, columns);
        RidgeKernel.AddScaled(arm.Weights, gain * error, product, columns);

        // z z' instead of a factor and y y': what is subtracted is symmetric to the last bit, and so the inverse stays.
        for (int c = 0; c < columns; c++) product[c] *= root;
        for (int c = 0; c < columns; c++)
        {
            if (product[c] != 0) RidgeKernel.AddScaled(arm.InverseRow(c), -product[c], product, columns);
        }

        bool sparse = IsSparse(x.Count, columns);
        for (int k = 0; k < x.Count; k++)
        {
            int place = x.Places[k];
            double factor = weight * values[place];
            double* row = arm.Row(place);
            arm.B[place] += factor * reward;
            if (sparse) AddBelow(row, factor, x, place);
            else RidgeKernel.AddScaled(row, factor, values, RidgeKernel.Padded(place + 1));
        }
    }

    private static void AddBelow(double* row, double factor, FeatureVector x, int last)
    {
        for (int k = 0; k < x.Count; k++)
        {
            int place = x.Places[k];
            if (place <= last) row[place] = Math.FusedMultiplyAdd(factor, x.Values[place], row[place]);
        }
    }

    private int Inside(FeatureVector x, int stride)
    {
        int count = 0;
        for (int k = 0; k < x.Count; k++)
        {
            if (x.Places[k] < stride) _inside.Pointer[count++] = x.Places[k];
        }

        return count;
    }

    /// <summary>The place after the last that is set.</summary>
    private static int End(FeatureVector x)
    {
        int end = 0;
        for (int k = 0; k < x.Count; k++) end = Math.Max(end, x.Places[k] + 1);
        return end;
    }

    /// <summary>The part of x' A^-1 x at places from <paramref name="stride"/> on, where A is lambda I.</summary>
    private double Outside(FeatureVector x, int stride)
    {
        double squares = 0;
        for (int k = 0; k < x.Count; k++)
        {
            int place = x.Places[k];
            if (place >= stride) squares += x.Values[place] * x.Values[place];
        }

        return squares / _lambda;
    }
}
