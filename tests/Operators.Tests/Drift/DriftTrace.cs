using Streaming.Abstractions.Learning;

namespace Streaming.Operators.Tests.Drift;

/// <summary>Where a detector signals drifts, and where it enters the warning state.</summary>
internal sealed class DriftTrace
{
    private readonly List<int> _drifts = [];
    private readonly List<int> _warnings = [];

    public IReadOnlyList<int> Drifts => _drifts;

    public IReadOnlyList<int> Warnings => _warnings;

    public static DriftTrace Of(IDriftDetector detector, IReadOnlyList<double> values)
    {
        DriftTrace trace = new();
        DriftSignal last = DriftSignal.None;
        for (int i = 0; i < values.Count; i++)
        {
            DriftSignal signal = detector.Update(values[i]);
            if (signal == DriftSignal.Drift) trace._drifts.Add(i);
            if (signal == DriftSignal.Warning && last != DriftSignal.Warning) trace._warnings.Add(i);
            last = signal;
        }

        return trace;
    }
}
