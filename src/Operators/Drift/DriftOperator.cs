using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Reports;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Drift;

/// <summary>
/// Feeds a real column to a detector and writes what it says. A value that is not finite (an event without one) does not reach the detector and
/// is counted as skipped. A drift is known by the 0-based number of its event in the stream; the last 1,000 are kept, all are counted.
/// </summary>
/// <remarks>Memory: the detector's and 8 KB. State: the detector's, the counts, the kept positions. One caller at a time.</remarks>
public sealed class DriftOperator : IOperator, IStateful
{
    /// <summary>Value of the signal column where the event had no value to watch.</summary>
    public const int NoValue = -1;

    private const int Kept = 1000;

    private readonly IDriftDetector _detector;
    private readonly string _watch;
    private readonly double _errorAbove;
    private readonly ColumnSlot<double> _input;
    private readonly ColumnSlot<int> _output;
    private readonly long[] _drifts = new long[Kept]; // drift number n lies at n modulo Kept
    private long _driftCount;
    private long _values;
    private long _skipped;
    private long _warnings;
    private DriftSignal _last;

    /// <summary>An operator around a detector.</summary>
    /// <param name="detector">Owned by the operator from here on.</param>
    /// <param name="watch">Full name of the watched column.</param>
    /// <param name="binding">Gives the slot of the watched column, and of <c>signal</c> if somebody reads it.</param>
    /// <param name="errorAbove">Where given, the detector sees 1 for a value above this and 0 for any other.</param>
    public DriftOperator(IDriftDetector detector, string watch, StageBinding binding, double? errorAbove = null)
    {
        (_detector, _watch, _errorAbove) = (detector, watch, errorAbove ?? double.NaN);
        _input = binding.ReadReal(watch);
        _output = binding.WriteInteger(DriftStages.Signal);
    }

    /// <inheritdoc/>
    public string StateTag => "drift-stage";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <summary>Bytes beside the detector's.</summary>
    public static long Bytes => (Kept * sizeof(long)) + 160;

    /// <inheritdoc/>
    public void Process(EventBatch batch)
    {
        ReadOnlySpan<double> values = batch.Column(_input);
        Span<int> signals = _output.IsAssigned ? batch.Column(_output) : [];
        bool binary = !double.IsNaN(_errorAbove);
        for (int i = 0; i < values.Length; i++)
        {
            double value = values[i];
            int signal = NoValue;
            if (double.IsFinite(value))
            {
                if (binary) value = value > _errorAbove ? 1 : 0;
                signal = (int)Watch(value, batch.FirstOrdinal + i);
            }
            else
            {
                _skipped++;
            }

            if (!signals.IsEmpty) signals[i] = signal;
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
    }

    /// <inheritdoc/>
    public void Report(StageReport report)
    {
        report.Set("watch", _watch);
        report.Set("values", _values);
        report.Set("skipped", _skipped);
        report.Set("warnings", _warnings);
        report.Set("drift_count", _driftCount, headline: true);
        List<ReportRow> rows = [];
        for (long n = Math.Max(0, _driftCount - Kept); n < _driftCount; n++) rows.Add(new ReportRow(new ReportEntry("at", ReportValue.Of(_drifts[n % Kept]))));
        report.Set("drifts", rows);
    }

    /// <inheritdoc/>
    public void Freeze(long epoch) => _detector.Freeze(epoch);

    /// <summary>Layout: watched column, threshold and detector as shape; counts, last signal, kept positions oldest first, the detector's version and state.</summary>
    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Watch", _watch);
        writer.Shape("ErrorAbove", _errorAbove);
        writer.Shape("Detector", _detector.StateTag);
        writer.Write(_values);
        writer.Write(_skipped);
        writer.Write(_warnings);
        writer.Write((int)_last);
        writer.Write(_driftCount);
        for (long n = Math.Max(0, _driftCount - Kept); n < _driftCount; n++) writer.Write(_drifts[n % Kept]);
        writer.Write(_detector.StateVersion);
        _detector.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Watch", _watch);
        reader.Shape("ErrorAbove", _errorAbove);
        reader.Shape("Detector", _detector.StateTag);
        _values = reader.ReadCount();
        _skipped = reader.ReadCount();
        _warnings = reader.ReadCount();
        _last = (DriftSignal)reader.ReadLength((int)DriftSignal.Drift);
        _driftCount = reader.ReadCount();
        if (_driftCount > _values)
            throw new StateMismatchException($"The snapshot has {_driftCount} drifts in {_values} values.");
        for (long n = Math.Max(0, _driftCount - Kept); n < _driftCount; n++) _drifts[n % Kept] = reader.ReadCount();
        int detectorVersion = reader.Read<int>();
        if (detectorVersion < 1 || detectorVersion > _detector.StateVersion)
            throw new StateMismatchException($"The snapshot has {_detector.StateTag} in version {detectorVersion}; 1 to {_detector.StateVersion} can be read.");
        _detector.Restore(ref reader, detectorVersion);
    }

    private DriftSignal Watch(double value, long ordinal)
    {
        DriftSignal signal = _detector.Update(value);
        _values++;
        if (signal == DriftSignal.Warning && _last != DriftSignal.Warning) _warnings++;
        if (signal == DriftSignal.Drift) _drifts[_driftCount++ % Kept] = ordinal;
        _last = signal;
        return signal;
    }
}
