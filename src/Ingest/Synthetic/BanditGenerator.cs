using Streaming.Abstractions.Randomness;

namespace Streaming.Ingest.Synthetic;

/// <summary>
/// A contextual bandit with full information and known means, so that regret can be compared between machines and versions. In event n arm a has d
/// features: uniform on [-1, 1]^d, divided by their norm where it is above 1, rounded to 6 decimals. Its expected reward is 1 / (1 + exp(-4 x.theta)),
/// computed from the rounded features, with theta drawn from N(0, I/d) on (a, segment); its reward is 1 with that probability. The logging policy is
/// uniform.
/// </summary>
/// <remarks>
/// Streams of <see cref="CounterRng"/>, each under a seed derived from the log's by a name: the features of (n, a) under <c>contexts</c>, theta of
/// (a, segment) under <c>arms</c>, and under <c>events</c>, for n: the time, the choice, then the reward of each arm in order. Record n is a function of
/// the options and of n alone; without change, not of their number of events. One caller at a time.
/// </remarks>
public sealed class BanditGenerator : ILogGenerator
{
    private const int Decimals = 6;
    private const double Steepness = 4;
    private const int Quarters = 4;

    private readonly BanditOptions _options;
    private readonly LogClock _clock;
    private readonly ulong _contextSeed;
    private readonly ulong _eventSeed;
    private readonly double[][] _thetas;
    private readonly double[] _theta;
    private readonly double[] _context;
    private readonly SimulatedDecision _decision;
    private long _next;
    private long _first;

    /// <summary>A simulator of the log that <paramref name="options"/> describe; they are valid and do not change afterwards.</summary>
    public BanditGenerator(BanditOptions options)
    {
        _options = options;
        _clock = new LogClock(options);
        _contextSeed = CounterRng.Derive(options.Seed, "contexts");
        _eventSeed = CounterRng.Derive(options.Seed, "events");
        ulong armSeed = CounterRng.Derive(options.Seed, "arms");
        _thetas = new double[SegmentsOf(options.Change)][];
        double scale = 1 / Math.Sqrt(options.Features);
        for (int s = 0; s < _thetas.Length; s++)
        {
            double[] thetas = _thetas[s] = new double[options.Arms * options.Features];
            for (int a = 0; a < options.Arms; a++)
            {
                CounterRng rng = new(armSeed, (ulong)a, (ulong)s);
                for (int k = 0; k < options.Features; k++) thetas[(a * options.Features) + k] = scale * rng.NextNormal();
            }
        }

        _theta = new double[options.Arms * options.Features];
        _context = new double[options.Features];
        _decision = new SimulatedDecision(options.Arms, options.Features, Decimals) { Count = options.Arms, Propensity = 1.0 / options.Arms };
        for (int a = 0; a < options.Arms; a++) _decision.Ids[a] = a;
    }

    /// <inheritdoc/>
    public int MaxLineBytes => _decision.MaxBytes;

    /// <inheritdoc/>
    public double Progress => _next / (double)_options.Events;

    /// <inheritdoc/>
    public string Account => $"{_next - _first:N0} decisions";

    /// <inheritdoc/>
    public void Seek(long record) => _next = _first = Math.Min(record, _options.Events);

    /// <inheritdoc/>
    public int Next(Span<byte> line)
    {
        if (_next == _options.Events) return 0;
        long n = _next++;
        CounterRng rng = new(_eventSeed, (ulong)n);
        long micros = _clock.Micros(n, ref rng);
        ReadOnlySpan<double> thetas = ThetasAt(n);
        for (int a = 0; a < _options.Arms; a++) _decision.Expected[a] = Mean(n, a, thetas.Slice(a * _options.Features, _options.Features));
        _decision.Chosen = (int)rng.NextBelow((ulong)_options.Arms);
        for (int a = 0; a < _options.Arms; a++) _decision.Rewards[a] = rng.NextDouble() < _decision.Expected[a];

        LineWriter writer = new(line);
        writer.Text("{\"ts\":"u8);
        writer.Whole(_clock.Seconds(micros));
        writer.Character((byte)',');
        _decision.WriteActions(ref writer, "a"u8);
        _decision.WriteChoice(ref writer);
        _decision.WriteRewards(ref writer, all: true);
        _decision.WriteExpected(ref writer);
        writer.Character((byte)'}');
        return writer.Length;
    }

    /// <summary>Sets of arms that are planted.</summary>
    internal static int SegmentsOf(BanditChange change) => change switch
    {
        BanditChange.Abrupt => Quarters,
        BanditChange.Gradual => Quarters + 1,
        BanditChange.Recurring => 2,
        _ => 1,
    };

    /// <summary>Draws the features of an arm, and computes its mean from them as they are written.</summary>
    private double Mean(long n, int arm, ReadOnlySpan<double> theta)
    {
        CounterRng rng = new(_contextSeed, (ulong)n, (ulong)arm);
        double squares = 0, product = 0;
        for (int k = 0; k < _context.Length; k++)
        {
            double x = (2 * rng.NextDouble()) - 1;
            _context[k] = x;
            squares += x * x;
        }

        double norm = Math.Max(1, Math.Sqrt(squares));
        for (int k = 0; k < _context.Length; k++) product += theta[k] * _decision.SetFeature(arm, k, _context[k] / norm);
        return PortableMath.Logistic(Steepness * product);
    }

    private ReadOnlySpan<double> ThetasAt(long n)
    {
        (long quarter, long within) = Math.DivRem(n * Quarters, _options.Events);
        switch (_options.Change)
        {
            case BanditChange.Abrupt:
                return _thetas[quarter];
            case BanditChange.Recurring:
                return _thetas[quarter % 2];
            case BanditChange.Gradual:
                double next = within / (double)_options.Events;
                double[] from = _thetas[quarter], to = _thetas[quarter + 1];
                for (int k = 0; k < _theta.Length; k++) _theta[k] = ((1 - next) * from[k]) + (next * to[k]);
                return _theta;
            default:
                return _thetas[0];
        }
    }
}
