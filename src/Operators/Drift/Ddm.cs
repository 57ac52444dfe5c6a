using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Drift;

/// <summary>
/// Drift detection method: follows the error rate of a learner, which falls or stays while the world does, and signals when it has risen
/// significantly above its least (Gama, Medas, Castillo, Rodrigues 2004, "Learning with drift detection", section 3).
/// </summary>
/// <remarks>
/// Values are errors: 0 or 1, or a loss in [0, 1]; others are clipped to that range, and what is not finite is ignored. p is their running mean and
/// s = sqrt(p (1 - p) / n). After the warm start the least p + s is kept with its p and s; drift if p + s > p_min + DriftThreshold s_min, warning
/// likewise. After a drift the next value starts anew. Constant memory and time. One caller at a time.
/// </remarks>
public sealed class Ddm : IDriftDetector
{
    private readonly DdmVariant _variant;
    private readonly int _warmStart;
    private readonly double _warning;
    private readonly double _drift;
    private State _state = State.Fresh;

    /// <summary>A detector that has seen nothing.</summary>
    /// <exception cref="ValidationException">An option is outside its range.</exception>
    public Ddm(DdmOptions options)
    {
        Validator.ValidateObject(options, new ValidationContext(options), validateAllProperties: true);
        (_variant, _warmStart, _warning, _drift) = (options.Variant, options.WarmStart, options.WarningThreshold, options.DriftThreshold);
    }

    /// <summary>Error rate since the start or the last drift; 0 before any value.</summary>
    public double ErrorRate => _state.Rate;

    /// <inheritdoc/>
    public string StateTag => "ddm";

    /// <inheritdoc/>
    public int StateVersion => 1;

    /// <inheritdoc/>
    public StateScope Scope => StateScope.Shard;

    /// <inheritdoc/>
    public DriftSignal Update(double value)
    {
        if (!double.IsFinite(value)) return DriftSignal.None;
        if (_state.Drifted) Reset();
        ref State s = ref _state;
        value = Math.Clamp(value, 0, 1);
        s.Count++;
        bool river = _variant == DdmVariant.River;
        s.Rate += river ? 1.0 / s.Count * (value - s.Rate) : (value - s.Rate) / s.Count;
        double deviation = Math.Sqrt(s.Rate * (1 - s.Rate) / s.Count);
        double level = s.Rate + deviation;
        // MOA keeps the number of the value to come: it learns the minimum from one value before the first judgement of a drift.
        long n = river ? s.Count : s.Count + 1;
        if (river ? n <= _warmStart : n < _warmStart) return DriftSignal.None;
        if (level <= s.LeastLevel) (s.LeastRate, s.LeastDeviation, s.LeastLevel) = (s.Rate, deviation, level);
        if (n > _warmStart && level > s.LeastRate + (_drift * s.LeastDeviation))
        {
            s.Drifted = true;
            return DriftSignal.Drift;
        }

        s.Warned = level > s.LeastRate + (_warning * s.LeastDeviation) || (river && s.Warned);
        return s.Warned ? DriftSignal.Warning : DriftSignal.None;
    }

    /// <inheritdoc/>
    public void Reset() => _state = State.Fresh;

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <summary>Layout: options as shape; count, rate, least rate, its deviation, least level, warned, whether the next value starts anew.</summary>
    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("Variant", (long)_variant);
        writer.Shape("WarmStart", _warmStart);
        writer.Shape("WarningThreshold", _warning);
        writer.Shape("DriftThreshold", _drift);
        writer.Write(_state.Count);
        writer.Write(_state.Rate);
        writer.Write(_state.LeastRate);
        writer.Write(_state.LeastDeviation);
        writer.Write(_state.LeastLevel);
        writer.Write(_state.Warned);
        writer.Write(_state.Drifted);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        reader.Shape("Variant", (long)_variant);
        reader.Shape("WarmStart", _warmStart);
        reader.Shape("WarningThreshold", _warning);
        reader.Shape("DriftThreshold", _drift);
        State state = new()
        {
            Count = reader.ReadCount(),
            Rate = reader.Read<double>(),
            LeastRate = reader.Read<double>(),
            LeastDeviation = reader.Read<double>(),
            LeastLevel = reader.Read<double>(),
            Warned = reader.ReadBool(),
            Drifted = reader.ReadBool(),
        };
        bool sound = state.Rate is >= 0 and <= 1 && state.LeastRate >= 0 && state.LeastDeviation >= 0 && state.LeastLevel >= 0;
        _state = sound ? state : throw new StateMismatchException("The snapshot of a DDM detector has an error rate outside 0 to 1.");
    }

    private struct State
    {
        public static readonly State Fresh = new()
        {
            LeastRate = double.PositiveInfinity,
            LeastDeviation = double.PositiveInfinity,
            LeastLevel = double.PositiveInfinity,
        };

        public long Count;
        public double Rate;
        public double LeastRate;
        public double LeastDeviation;
        public double LeastLevel;
        public bool Warned;
        public bool Drifted;
    }
}
