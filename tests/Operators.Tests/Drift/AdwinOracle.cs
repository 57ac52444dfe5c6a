using Streaming.Operators.Drift;

namespace Streaming.Operators.Tests.Drift;

/// <summary>ADWIN as it is written down: keeps every value of the window, and computes each cut from the values themselves.</summary>
internal sealed class AdwinOracle(AdwinOptions options)
{
    private List<double> _values = [];
    private List<int> _sizes = []; // of the buckets, oldest first
    private int _updates;
    private bool _restart;

    public int Width => _values.Count;

    public double Mean => _values.Average();

    public double Variance => Deviations(_values) / _values.Count;

    public bool Update(double value)
    {
        if (_restart) (_values, _sizes, _updates, _restart) = ([], [], 0, false);
        _values.Add(value);
        _sizes.Add(1);
        Compress();
        if (++_updates % options.Clock != 0 || _values.Count <= options.GracePeriod) return false;
        bool drift = false;
        for (; HasCut(); drift = true)
        {
            _values.RemoveRange(0, _sizes[0]);
            _sizes.RemoveAt(0);
        }

        _restart = drift && options.Variant != AdwinVariant.Moa;
        return drift;
    }

    private static double Deviations(List<double> values)
    {
        double mean = values.Average();
        return values.Sum(v => (v - mean) * (v - mean));
    }

    private void Compress()
    {
        for (int size = 1; _sizes.Count(s => s == size) > options.MaxBuckets; size *= 2)
        {
            int oldest = _sizes.IndexOf(size);
            _sizes[oldest] = 2 * size;
            _sizes.RemoveAt(oldest + 1);
        }
    }

    private bool HasCut()
    {
        double width = _values.Count;
        double variance = Deviations(_values) / width;
        double d = Math.Log(2 * Math.Log(width) / options.Delta);
        int length = options.MinWindowLength;
        int fewest = options.Variant == AdwinVariant.Moa ? length + 2 : length;
        double total = _values.Sum(), u0 = 0;
        int n0 = 0, at = 0;
        for (int b = 0; b < _sizes.Count; at += _sizes[b++])
        {
            bool newestOfItsRow = b == _sizes.Count - 1 || _sizes[b + 1] != _sizes[b];
            if (options.Variant == AdwinVariant.River021 && newestOfItsRow) continue;
            n0 += _sizes[b];
            u0 += _values.Skip(at).Take(_sizes[b]).Sum();
            double n1 = width - n0;
            if (n0 < fewest || n1 < fewest) continue;
            double m = (1.0 / (n0 - length + 1)) + (1.0 / (n1 - length + 1));
            if (Math.Abs((u0 / n0) - ((total - u0) / n1)) > Math.Sqrt(2 * m * variance * d) + (2.0 / 3 * d * m)) return true;
        }

        return false;
    }
}
