namespace Streaming.Ingest.Synthetic;

/// <summary>
/// A recommender's log with a planted truth: users rate items (as <see cref="RatingsGenerator"/> makes it), and one record in
/// <see cref="RecsysOptions.DecisionEvery"/> is a decision among some items, with the true mean of every candidate
/// (<see cref="DecisionSimulator"/>). Tastes drift for both alike.
/// </summary>
/// <remarks>
/// Event n is a function of the options and of n alone, and without late rewards it is record n. Late rewards stand between the events in order of time;
/// then a record is what the ones before it make it, and <see cref="Seek"/> to record n makes all decisions before it again (1.5 microseconds each).
/// A shorter log is the beginning of a longer one under the same terms as for ratings, but for the late rewards at its end. Memory: that of the ratings,
/// and 24 bytes for each reward that is under way; none takes longer than 37 mean delays. One caller at a time.
/// </remarks>
public sealed class RecsysGenerator : ILogGenerator
{
    private readonly RecsysOptions _options;
    private readonly RatingsGenerator _ratings;
    private readonly DecisionSimulator _simulator;
    private readonly LogClock _clock;
    private readonly PriorityQueue<long, (long Due, long Event)> _underWay = new();
    private long _next;
    private long _interactions;
    private long _decisions;
    private long _lateRewards;

    /// <summary>A simulator of the log that <paramref name="options"/> describe; they are valid and do not change afterwards.</summary>
    public RecsysGenerator(RecsysOptions options)
    {
        _options = options;
        _ratings = new RatingsGenerator(options);
        _simulator = new DecisionSimulator(options, _ratings);
        _clock = new LogClock(options);
    }

    /// <inheritdoc/>
    public int MaxLineBytes => _simulator.Decision.MaxBytes;

    /// <inheritdoc/>
    public double Progress => _next / (double)_options.Events;

    /// <inheritdoc/>
    public string Account => $"{_interactions:N0} interactions, {_decisions:N0} decisions, {_lateRewards:N0} late rewards";

    /// <inheritdoc/>
    public void Seek(long record)
    {
        if (_options.LateRewards)
        {
            _next = 0;
            _underWay.Clear();
            while (record > 0 && TryStep(out _)) record--;
        }
        else
        {
            _next = Math.Min(record, _options.Events);
        }

        (_interactions, _decisions, _lateRewards) = (0, 0, 0);
    }

    /// <inheritdoc/>
    public int Next(Span<byte> line)
    {
        if (!TryStep(out Step step)) return 0;
        LineWriter writer = new(line);
        if (step.IsReward)
        {
            _lateRewards++;
            WriteReward(ref writer, step);
        }
        else if (IsDecision(step.Event))
        {
            _decisions++;
            WriteDecision(ref writer, step.Event);
        }
        else
        {
            _interactions++;
            RatingsLog.WriteObject(ref writer, _ratings.At(step.Event));
        }

        return writer.Length;
    }

    /// <summary>
    /// What the next record is. A decision is made on the way: whether its reward comes later, and when, is part of it. False at the end of the log.
    /// </summary>
    private bool TryStep(out Step step)
    {
        bool ended = _next == _options.Events;
        if (_underWay.TryPeek(out long decision, out (long Due, long Event) first) && (ended || first.Due <= _ratings.MicrosAt(_next)))
        {
            _underWay.Dequeue();
            step = new Step(decision, first.Due, IsReward: true);
            return true;
        }

        step = new Step(_next, 0, IsReward: false);
        if (ended) return false;
        long n = _next++;
        if (!IsDecision(n)) return true;
        _simulator.Make(n, _ratings.Drift.At(n));
        if (_options.LateRewards && _simulator.Decision.Rewards[_simulator.Decision.Chosen]) _underWay.Enqueue(n, (_ratings.MicrosAt(n) + _simulator.DelayMicros, n));
        return true;
    }

    /// <summary>Decisions come last in their turn, so that a log begins with interactions.</summary>
    private bool IsDecision(long n) => n % _options.DecisionEvery == _options.DecisionEvery - 1;

    private void WriteDecision(ref LineWriter line, long n)
    {
        Begin(ref line, _ratings.MicrosAt(n), n);
        line.Text(",\"user\":"u8);
        line.Whole(_simulator.User);
        line.Character((byte)',');
        SimulatedDecision decision = _simulator.Decision;
        decision.WriteActions(ref line, default);
        decision.WriteChoice(ref line);
        if (!_options.LateRewards) decision.WriteRewards(ref line, _options.FullInformation);
        decision.WriteExpected(ref line);
        line.Character((byte)'}');
    }

    private void WriteReward(ref LineWriter line, Step step)
    {
        Begin(ref line, step.Due, step.Event);
        line.Text(",\"reward\":1}"u8);
    }

    private void Begin(ref LineWriter line, long micros, long decision)
    {
        line.Text("{\"ts\":"u8);
        line.Whole(_clock.Seconds(micros));
        line.Text(",\"decision\":\"d"u8);
        line.Whole(decision);
        line.Character((byte)'"');
    }

    /// <summary>A record to be written: an event, or the reward of an earlier one.</summary>
    private readonly record struct Step(long Event, long Due, bool IsReward);
}
