using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Tests.Models;

/// <summary>What BPR and WARP share, written plainly: who met what, draws, scores and the step.</summary>
internal sealed class PlainPairwise(PairwiseOptions options, NormalRows<double> userRows, NormalRows<double> itemRows, ulong seed)
{
    private readonly PlainRows _users = new(userRows, options.Factors);
    private readonly PlainRows _items = new(itemRows, options.Factors);
    private readonly Dictionary<ulong, double> _biases = [];
    private readonly Dictionary<ulong, int> _times = [];
    private readonly HashSet<(ulong User, ulong Item)> _met = [];
    private readonly List<ulong> _order = [];
    private ulong _events;

    public int Count => _order.Count;

    public double[] User(ulong user) => _users[user];

    public double[] Item(ulong item) => _items[item];

    public double Score(ulong user, ulong item) => _biases.GetValueOrDefault(item) + PlainRows.Dot(_users.Peek(user), _items.Peek(item));

    /// <summary>The draws of this event; the item is known from now on.</summary>
    public CounterRng Begin(ulong item)
    {
        if (!_order.Contains(item)) _order.Add(item);
        return new CounterRng(CounterRng.Derive(seed, "negatives"), _events++);
    }

    public void End(ulong user, ulong item)
    {
        _met.Add((user, item));
        _times[item] = _times.GetValueOrDefault(item) + 1;
    }

    /// <summary>An item that is neither this one nor met, within 16 draws; 0 if there is none.</summary>
    public ulong Draw(ulong user, ulong item, ref CounterRng rng)
    {
        if (options.Sampling == NegativeSampling.Popularity && _times.Count == 0) return 0;
        for (int n = 0; n < 16; n++)
        {
            ulong drawn = options.Sampling == NegativeSampling.Uniform ? _order[(int)rng.NextBelow((ulong)_order.Count)] : ByTimes(ref rng);
            if (drawn != item && !_met.Contains((user, drawn))) return drawn;
        }

        return 0;
    }

    public void Step(ulong user, ulong item, ulong drawn, double gradient)
    {
        double[] p = _users[user], q = _items[item], n = _items[drawn];
        double rate = options.LearningRate, l2 = options.Regularization;
        for (int f = 0; f < p.Length; f++)
        {
            (double pf, double qf, double nf) = (p[f], q[f], n[f]);
            p[f] += rate * ((gradient * (qf - nf)) - (l2 * pf));
            q[f] += rate * ((gradient * pf) - (l2 * qf));
            n[f] += rate * ((-gradient * pf) - (l2 * nf));
        }

        if (!options.ItemBiases) return;
        (double b, double c) = (_biases.GetValueOrDefault(item), _biases.GetValueOrDefault(drawn));
        _biases[item] = b + (options.BiasLearningRate * (gradient - (options.BiasRegularization * b)));
        _biases[drawn] = c + (options.BiasLearningRate * (-gradient - (options.BiasRegularization * c)));
    }

    private ulong ByTimes(ref CounterRng rng)
    {
        long[] weights = [.. _order.Select(i => (long)((1024 * Math.Pow(_times.GetValueOrDefault(i), options.Exponent)) + .5) * (_times.ContainsKey(i) ? 1 : 0))];
        long left = (long)rng.NextBelow((ulong)weights.Sum());
        int at = 0;
        for (; left >= weights[at]; at++) left -= weights[at];
        return _order[at];
    }
}
