using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Drift;

/// <summary>
/// The Page-Hinkley test: cumulates how far values lie from their running mean, and signals when the sum has moved away from its extreme by more
/// than a threshold (Page 1954, "Continuous inspection schemes", section 2; fading and two-sided form as in River and MOA).
/// </summary>
/// <remarks>
/// With m the running mean and d = x - m: U = alpha U + d - delta, D = alpha D + d + delta. River: drift if U - min U > threshold or max D - D >
/// threshold, once n >= MinInstances; max D starts at -1. Clamped: U = max(0, U), drift if U >= threshold. Moa: drift if U > threshold; both once
/// n + 1 >= MinInstances. After a drift the next value starts anew. It has no warnings. Constant memory and time. Values are clipped to +-1e140; what is
/// not finite is ignored. One caller at a time.
/// </remarks>
public sealed class PageHinkley : IDriftDetector
{
    private readonly PageHinkleyVariant _variant;
    private readonly PageHinkleyMode _mode;
    private readonly int _minInstances;
    private readonly double _delta;
    private readonly double _threshold;
    private readonly double _alpha;
    private State _state = State.Fresh;

    /// <summary>A detector that has seen nothing.</summary>
    /// <exception cref="ValidationException">An option is outside its range.</exception>
    public PageHinkley(PageHinkleyOptions options)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        (_variant, _mode, _minInstances) = (options.Variant, options.Mode, options.MinInstances);
        (_delta, _threshold, _alpha) = (options.Delta, options.Threshold, options.Alpha);
    }

    /// <inheritdoc/>
    public string StateTag => "page-hinkley";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <inheritdoc/>
    public DriftSignal Update(double value)
    {
        if (!DetectorInput.TryTake(ref value)) return DriftSignal.None;
        if (_state.Drifted) Reset();
        bool drifted = _variant == PageHinkleyVariant.River ? UpdateTwoSided(value) : UpdateUpward(value);
        if (!drifted) return DriftSignal.None;
        _state.Drifted = true;
        return DriftSignal.Drift;
    }

    /// <inheritdoc/>
    public void Reset() => _state = State.Fresh;

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <summary>Layout: options as shape; count, mean, U, D, min U, max D, whether the next value starts anew.</summary>
    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Variant", (long)_variant);
        writer.Shape("Mode", (long)_mode);
        writer.Shape("MinInstances", _minInstances);
        writer.Shape("Delta", _delta);
        writer.Shape("Threshold", _threshold);
        writer.Shape("Alpha", _alpha);
        writer.Write(_state.Count);
        writer.Write(_state.Mean);
        writer.Write(_state.Up);
        writer.Write(_state.Down);
        writer.Write(_state.LeastUp);
        writer.Write(_state.GreatestDown);
        writer.Write(_state.Drifted);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Variant", (long)_variant);
        reader.Shape("Mode", (long)_mode);
        reader.Shape("MinInstances", _minInstances);
        reader.Shape("Delta", _delta);
        reader.Shape("Threshold", _threshold);
        reader.Shape("Alpha", _alpha);
        State state = new()
        {
            Count = reader.ReadCount(),
            Mean = reader.Read<double>(),
            Up = reader.Read<double>(),
            Down = reader.Read<double>(),
            LeastUp = reader.Read<double>(),
            GreatestDown = reader.Read<double>(),
            Drifted = reader.ReadBool(),
        };
        bool sound = double.IsFinite(state.Mean + state.Up + state.Down + state.GreatestDown) && !double.IsNaN(state.LeastUp);
        _state = sound ? state : throw new StateMismatchException("The snapshot of a Page-Hinkley test has sums that are not finite.");
    }

    private bool UpdateTwoSided(double x)
    {
        ref State s = ref _state;
        s.Count++;
        s.Mean += 1.0 / s.Count * (x - s.Mean);
        double d = x - s.Mean;
        s.Up = (_alpha * s.Up) + d - _delta;
        s.Down = (_alpha * s.Down) + d + _delta;
        if (s.Up < s.LeastUp) s.LeastUp = s.Up;
        if (s.Down > s.GreatestDown) s.GreatestDown = s.Down;
        if (s.Count < _minInstances) return false;
        return (_mode != PageHinkleyMode.Down && s.Up - s.LeastUp > _threshold) || (_mode != PageHinkleyMode.Up && s.GreatestDown - s.Down > _threshold);
    }

    private bool UpdateUpward(double x)
    {
        ref State s = ref _state;
        s.Count++;
        s.Mean += (x - s.Mean) / s.Count;
        s.Up = (_alpha * s.Up) + (x - s.Mean - _delta);
        bool clamped = _variant == PageHinkleyVariant.Clamped;
        if (clamped) s.Up = Math.Max(0, s.Up);
        return s.Count + 1 >= _minInstances && (clamped ? s.Up >= _threshold : s.Up > _threshold);
    }

    private struct State
    {
        public static readonly State Fresh = new() { LeastUp = double.PositiveInfinity, GreatestDown = -1 };

        public long Count;
        public double Mean;
        public double Up;
        public double Down;
        public double LeastUp;
        public double GreatestDown;
        public bool Drifted;
    }
}
