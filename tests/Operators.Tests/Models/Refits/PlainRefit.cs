using Streaming.Abstractions.Events;
using Streaming.Operators.Models;
using Streaming.Operators.Models.Refits;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Tests.Models.Refits;

/// <summary>
/// Biased matrix factorization with re-fits, written plainly: for fewer rows than are copied with one event, the last events kept, and passes of least squares that end with the event they begin with.
/// </summary>
internal sealed class PlainRefit(BiasedMfOptions options, NormalRows<double> userRows, NormalRows<double> itemRows, ulong shuffles)
{
    private readonly (ulong User, ulong Item, double Value, float Weight, long Arrival)?[] _kept = new (ulong, ulong, double, float, long)?[options.Refit.Capacity];
    private readonly List<(double Live, double Candidate)> _trial = [];
    private Side _live = new(userRows, itemRows, options.Factors);
    private Side? _candidate;
    private RefitPhase _phase;
    private double _sum;
    private double _weights;
    private long _events;
    private int _epoch;
    private int _length;
    private int _position;

    public int Refits { get; private set; }

    public int Won { get; private set; }

    public double LastLive { get; private set; }

    public double LastCandidate { get; private set; }

    public double ScoreThenLearn(in Event e)
    {
        double score = Score(_live, e.User, e.Item), candidate = _candidate is null ? 0 : Score(_candidate, e.User, e.Item);
        _sum += e.Weight * e.Value;
        _weights += e.Weight;
        Step(_live, e.User, e.Item, e.Value, e.Weight, options.LearningRate, options.BiasLearningRate, options.Regularization, options.BiasRegularization);
        if (_candidate is not null) Step(_candidate, e.User, e.Item, e.Value, e.Weight, options.LearningRate, options.BiasLearningRate, options.Regularization, options.BiasRegularization);
        if (_phase == RefitPhase.Judging) _trial.Add(((score - e.Value) * (score - e.Value), (candidate - e.Value) * (candidate - e.Value)));
        _kept[_events % options.Refit.Capacity] = (e.User, e.Item, e.Value, e.Weight, _events);
        _events++;
        Work();
        return score;
    }

    public void Forget(ulong user)
    {
        _live.Users.Remove(user);
        _candidate?.Users.Remove(user);
        for (int i = 0; i < _kept.Length; i++)
        {
            if (_kept[i]?.User == user) _kept[i] = null;
        }
    }

    private double Mean => _weights == 0 ? 0 : _sum / _weights;

    private void Work()
    {
        RefitOptions refit = options.Refit;
        if (_phase == RefitPhase.Idle && _events % refit.Every == 0)
        {
            _phase = RefitPhase.Copying;
        }
        else if (_phase == RefitPhase.Copying)
        {
            (_phase, _candidate, _epoch, _position, _length) = (RefitPhase.Fitting, _live.Copy(), 0, 0, (int)Math.Min(_events, refit.Capacity));
        }
        else if (_phase == RefitPhase.Fitting)
        {
            if (refit.Method == RefitMethod.Als) Solve();
            else for (int n = 0; n < refit.Slice && _epoch < refit.Epochs; n++) StepKept();
            if (_epoch == refit.Epochs) _phase = RefitPhase.Judging;
        }
        else if (_phase == RefitPhase.Judging && _trial.Count == refit.Window)
        {
            Judge();
        }
        else if (_phase == RefitPhase.TakingOver)
        {
            _phase = RefitPhase.Idle;
        }
    }

    private void Judge()
    {
        double[] differences = [.. _trial.Select(t => t.Live - t.Candidate)];
        double mean = differences.Average(), variance = differences.Sum(d => (d - mean) * (d - mean)) / (differences.Length - 1);
        (LastLive, LastCandidate) = (_trial.Average(t => t.Live), _trial.Average(t => t.Candidate));
        Refits++;
        bool isWon = mean > 0 && mean > options.Refit.Margin * Math.Sqrt(variance / differences.Length);
        if (isWon)
        {
            Won++;
            _live = _candidate!;
        }

        _phase = isWon ? RefitPhase.TakingOver : RefitPhase.Idle;
        _candidate = null;
        _trial.Clear();
    }

    private void StepKept()
    {
        RefitOptions refit = options.Refit;
        if (_kept[new ShuffledOrder(shuffles + (ulong)((Refits * 1024) + _epoch), _length)[_position]] is { } e)
        {
            double rate = refit.LearningRate ?? options.LearningRate, l2 = refit.Regularization ?? options.Regularization;
            Step(
                _candidate!, e.User, e.Item, e.Value, e.Weight, rate, options.BiasLearningRate * rate / options.LearningRate, l2, options.BiasRegularization * l2 / options.Regularization);
        }

        if (++_position < _length) return;
        (_position, _length) = (0, (int)Math.Min(_events, refit.Capacity));
        _epoch++;
    }

    private void Solve()
    {
        for (; _epoch < options.Refit.Epochs; _epoch++)
        {
            foreach (IGrouping<ulong, (ulong User, ulong Item, double Value, float Weight, long)> of in Kept.GroupBy(e => e.User))
                _candidate!.Users[of.Key] = Solve([.. of.Select(e => (_candidate.Items[e.Item], e.Value, e.Weight))]);
            foreach (IGrouping<ulong, (ulong User, ulong Item, double Value, float Weight, long)> of in Kept.GroupBy(e => e.Item))
                _candidate!.Items[of.Key] = Solve([.. of.Select(e => (_candidate.Users[e.User], e.Value, e.Weight))]);
        }
    }

    private IEnumerable<(ulong User, ulong Item, double Value, float Weight, long)> Kept => _kept.Where(e => e is not null).Select(e => e!.Value);

    // Minimum of the sum of w (value - mean - other bias - bias - x.row)^2 + n (l2 / 2) row^2 + n (bias l2 / 2) bias^2, by elimination.
    private Row Solve((Row Other, double Value, float Weight)[] events)
    {
        int k = options.Factors;
        double l2 = options.Refit.Regularization ?? options.Regularization, biasL2 = options.BiasRegularization * l2 / options.Regularization;
        double[][] a = [.. Enumerable.Range(0, k + 1).Select(_ => new double[k + 2])];
        foreach ((Row other, double value, float weight) in events)
        {
            double[] x = [.. other.Factors, 1];
            for (int i = 0; i <= k; i++)
            {
                for (int j = 0; j <= k; j++) a[i][j] += weight * x[i] * x[j];
                a[i][k + 1] += weight * x[i] * (value - Mean - other.Bias);
            }
        }

        for (int i = 0; i <= k; i++) a[i][i] += events.Length * (i < k ? l2 : biasL2) / 2;
        for (int i = 0; i <= k; i++)
        {
            for (int below = i + 1; below <= k; below++)
            {
                double times = a[below][i] / a[i][i];
                for (int j = i; j <= k + 1; j++) a[below][j] -= times * a[i][j];
            }
        }

        double[] solution = new double[k + 1];
        for (int i = k; i >= 0; i--) solution[i] = (a[i][k + 1] - Enumerable.Range(i + 1, k - i).Sum(j => a[i][j] * solution[j])) / a[i][i];
        return new Row(solution[..k]) { Bias = solution[k] };
    }

    private double Score(Side side, ulong user, ulong item)
    {
        (Row p, Row q) = (side.Peek(side.Users, userRows, user), side.Peek(side.Items, itemRows, item));
        return Mean + p.Bias + q.Bias + PlainRows.Dot(p.Factors, q.Factors);
    }

    private void Step(Side side, ulong user, ulong item, double value, float weight, double rate, double biasRate, double l2, double biasL2)
    {
        (Row p, Row q) = (side.Users[user] = side.Peek(side.Users, userRows, user), side.Items[item] = side.Peek(side.Items, itemRows, item));
        double gradient = 2 * weight * (Score(side, user, item) - value);
        for (int f = 0; f < options.Factors; f++)
        {
            (double x, double y) = (p.Factors[f], q.Factors[f]);
            (p.Factors[f], q.Factors[f]) = (x - (rate * ((gradient * y) + (l2 * x))), y - (rate * ((gradient * x) + (l2 * y))));
        }

        p.Bias -= biasRate * (gradient + (biasL2 * p.Bias));
        q.Bias -= biasRate * (gradient + (biasL2 * q.Bias));
    }

    private sealed class Row(double[] factors)
    {
        public double[] Factors => factors;

        public double Bias { get; set; }
    }

    private sealed class Side(NormalRows<double> userRows, NormalRows<double> itemRows, int factors)
    {
        public Dictionary<ulong, Row> Users { get; private set; } = [];

        public Dictionary<ulong, Row> Items { get; private set; } = [];

        public Row Peek(Dictionary<ulong, Row> rows, NormalRows<double> initial, ulong key)
        {
            if (rows.TryGetValue(key, out Row? row)) return row;
            double[] fresh = new double[factors];
            initial.Fill(key, fresh);
            return new Row(fresh);
        }

        public Side Copy() => new(userRows, itemRows, factors) { Users = Copy(Users), Items = Copy(Items) };

        private static Dictionary<ulong, Row> Copy(Dictionary<ulong, Row> rows) => rows.ToDictionary(r => r.Key, r => new Row([.. r.Value.Factors]) { Bias = r.Value.Bias });
    }
}
