using System.Globalization;
using Xunit;

namespace Streaming.Pipeline.Tests.Memory;

/// <summary>Resident memory of a process by the number of events it was fed.</summary>
internal sealed class ResidentMemory
{
    private readonly List<(double Events, double Bytes)> _samples = [];

    /// <summary>The last sample, in bytes.</summary>
    public double Last => _samples[^1].Bytes;

    /// <summary>The largest sample, in bytes.</summary>
    public double Peak => _samples.Max(s => s.Bytes);

    /// <summary>The smallest sample, in bytes.</summary>
    public double Least => _samples.Min(s => s.Bytes);

    /// <summary>Takes a sample of a process; false when the process is no more.</summary>
    public bool Sample(int process, long events)
    {
        try
        {
            string? line = File.ReadLines($"/proc/{process}/status").FirstOrDefault(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            if (line is null) return false;
            string kibibytes = line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1];
            _samples.Add((events, 1024 * double.Parse(kibibytes, CultureInfo.InvariantCulture)));
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    /// <summary>Least-squares slope, in bytes an event, of the samples after this many events, with its standard error.</summary>
    public (double Slope, double Error, int Samples) SlopeAfter(long events)
    {
        (double Events, double Bytes)[] late = [.. _samples.Where(s => s.Events >= events)];
        Assert.True(late.Length >= 3, $"Only {late.Length} samples were taken after event {events}.");
        double meanX = late.Average(s => s.Events), meanY = late.Average(s => s.Bytes);
        double xx = late.Sum(s => (s.Events - meanX) * (s.Events - meanX));
        double slope = late.Sum(s => (s.Events - meanX) * (s.Bytes - meanY)) / xx;
        double squares = late.Sum(s => Math.Pow(s.Bytes - meanY - (slope * (s.Events - meanX)), 2));
        return (slope, Math.Sqrt(squares / (late.Length - 2) / xx), late.Length);
    }
}
