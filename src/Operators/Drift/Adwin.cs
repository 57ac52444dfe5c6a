using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Drift;

/// <summary>
/// Adaptive windowing: keeps the longest window within which no cut separates two parts of different mean, and signals when it must shorten it
/// (Bifet, Gavalda 2007, "Learning from time-changing data with adaptive windowing", algorithm ADWIN2 and equation 3.1; as built in MOA and River).
/// </summary>
/// <remarks>
/// <para>Every <see cref="AdwinOptions.Clock"/> values and at each border between buckets, with n0 older and n1 newer values of means m0 and m1, window
/// length W and variance v: L = MinWindowLength, m = 1/(n0-L+1) + 1/(n1-L+1), d = ln(2 ln W / delta); the older part is too different if
/// |m0 - m1| > sqrt(2 m v d) + 2/3 d m. Then the oldest bucket goes, and the rest is examined again. It has no warnings.</para>
/// <para>Memory 52 x (MaxBuckets + 1) buckets of 16 bytes, fixed. A value takes amortized constant time, a check O(MaxBuckets log W). Values are
/// clipped to +-1e140, so that no square overflows; what is not finite is ignored. One caller at a time.</para>
/// </remarks>
public sealed class Adwin : IDriftDetector
{
    private readonly AdwinVariant _variant;
    private readonly double _delta;
    private readonly int _clock;
    private readonly int _maxBuckets;
    private readonly int _minLength;
    private readonly int _grace;
    private readonly AdwinWindow _window;
    private int _sinceCheck;
    private bool _restart;

    /// <summary>A detector with an empty window.</summary>
    /// <exception cref="ValidationException">An option is outside its range.</exception>
    public Adwin(AdwinOptions options)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        (_variant, _delta, _clock) = (options.Variant, options.Delta, options.Clock);
        (_maxBuckets, _minLength, _grace) = (options.MaxBuckets, options.MinWindowLength, options.GracePeriod);
        _window = new AdwinWindow(_maxBuckets);
    }

    /// <summary>Values in the window.</summary>
    public long Width => _window.Width;

    /// <summary>Mean of the window; NaN while it is empty.</summary>
    public double Mean => _window.Sum / _window.Width;

    /// <summary>Population variance of the window; NaN while it is empty.</summary>
    public double Variance => _window.Deviations / _window.Width;

    /// <inheritdoc/>
    public string StateTag => "adwin";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <summary>Most bytes a detector with these options takes.</summary>
    public static long BytesFor(AdwinOptions options) => AdwinWindow.BytesFor(options.MaxBuckets) + 96;

    /// <inheritdoc/>
    public DriftSignal Update(double value)
    {
        if (!DetectorInput.TryTake(ref value)) return DriftSignal.None;
        if (_restart) Reset();
        _window.Add(value);
        if (++_sinceCheck < _clock) return DriftSignal.None;
        _sinceCheck = 0;
        if (_window.Width <= _grace || !Shorten()) return DriftSignal.None;
        _restart = _variant != AdwinVariant.Moa;
        return DriftSignal.Drift;
    }

    /// <inheritdoc/>
    public void Reset()
    {
        _window.Clear();
        _sinceCheck = 0;
        _restart = false;
    }

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <summary>Layout: options as shape, values since the last check, whether the next value starts anew, the window.</summary>
    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Variant", (long)_variant);
        writer.Shape("Delta", _delta);
        writer.Shape("Clock", _clock);
        writer.Shape("MaxBuckets", _maxBuckets);
        writer.Shape("MinWindowLength", _minLength);
        writer.Shape("GracePeriod", _grace);
        writer.Write(_sinceCheck);
        writer.Write(_restart);
        _window.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Variant", (long)_variant);
        reader.Shape("Delta", _delta);
        reader.Shape("Clock", _clock);
        reader.Shape("MaxBuckets", _maxBuckets);
        reader.Shape("MinWindowLength", _minLength);
        reader.Shape("GracePeriod", _grace);
        _sinceCheck = reader.ReadLength(_clock - 1);
        _restart = reader.ReadBool();
        _window.Restore(ref reader);
    }

    private bool Shorten()
    {
        bool shortened = false;
        for (; HasCut(); shortened = true) _window.DropOldest();
        return shortened;
    }

    /// <summary>
    /// Whether any cut separates two means. The cuts are taken from the newest to the oldest, so that the sum of a short newer part is
    /// added up rather than left over from a subtraction; which one is found first does not matter, since what goes is always the oldest bucket.
    /// </summary>
    private bool HasCut()
    {
        double width = _window.Width;
        double sum = _window.Sum;
        double variance = _window.Deviations / width;
        double d = Math.Log(2 * Math.Log(width) / _delta);
        double fewest = _variant == AdwinVariant.Moa ? _minLength + 2 : _minLength;
        double correction = _minLength - 1;
        int skip = _variant == AdwinVariant.River021 ? 1 : 0;
        double n1 = 0, u1 = 0;
        if (skip == 1) (n1, u1) = NewestOfEachRow();
        for (int row = 0; row < _window.Rows; row++)
        {
            double size = 1L << row;
            for (int i = _window.Count(row) - 1 - skip; i >= 0; i--)
            {
                double n0 = width - n1;
                if (n0 < fewest) return false;
                if (n1 >= fewest)
                {
                    double m = (1 / (n0 - correction)) + (1 / (n1 - correction));
                    double bound = Math.Sqrt(2 * m * variance * d) + (2.0 / 3.0 * d * m);
                    if (Math.Abs(((sum - u1) / n0) - (u1 / n1)) > bound) return true;
                }

                n1 += size;
                u1 += _window.SumOf(row, i);
            }
        }

        return false;
    }

    private (double Count, double Sum) NewestOfEachRow()
    {
        double n = 0, sum = 0;
        for (int row = 0; row < _window.Rows; row++)
        {
            if (_window.Count(row) == 0) continue;
            n += 1L << row;
            sum += _window.SumOf(row, _window.Count(row) - 1);
        }

        return (n, sum);
    }
}
