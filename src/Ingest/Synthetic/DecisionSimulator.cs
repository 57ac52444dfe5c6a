using Streaming.Abstractions.Randomness;

namespace Streaming.Ingest.Synthetic;

/// <summary>
/// Makes the decisions of the recommender simulator: a user, some items of the shelf, and a click with probability 1 / (1 + exp(-(c + theta.x))). Features
/// are products of user and item factors (the k-th of the user with the k-th of the item, and where there are more features than factors with the next ones
/// in turn), the item's bias, and the logarithm of its popularity, all with mean 0 and deviation about 1/2, rounded to 4 decimals; theta.x is computed from
/// the rounded ones.
/// </summary>
/// <remarks>
/// With every segment of the tastes theta is another: its part on the products a random direction, its part on bias and popularity turned by the golden
/// angle, so that no two segments have the same best items. Decision n is drawn on (seed, n): user, candidates, choice, what each candidate earns, delay.
/// One caller at a time.
/// </remarks>
internal sealed class DecisionSimulator
{
    private const int Decimals = 4;
    private const int Millionths = 1_000_000;
    private const double FeatureDeviation = 0.5;

    // With products and items each of this deviation, the mean of a click is about a quarter, and of the best of ten candidates above a half.
    private const double Deviation = 1;
    private const double Intercept = -1.45;

    // Cosine and sine of the golden angle.
    private const double Turn = -0.73736887807831986;
    private const double TurnAcross = 0.67549029426152364;

    private readonly RecsysOptions _options;
    private readonly Population _users;
    private readonly Population _items;
    private readonly ulong _seed;
    private readonly int _step;
    private readonly int _products;
    private readonly double _productScale;
    private readonly double[] _biases;
    private readonly double[] _logPopularities;
    private readonly double[] _weights;
    private readonly double[][] _thetas;
    private readonly double[] _theta;
    private readonly int[] _identity;
    private readonly int[] _shelf;
    private readonly int[] _millionths;

    /// <summary>A simulator over the users and items of <paramref name="ratings"/>.</summary>
    public DecisionSimulator(RecsysOptions options, RatingsGenerator ratings)
    {
        (_options, _users, _items) = (options, ratings.UserPopulation, ratings.ItemPopulation);
        _seed = CounterRng.Derive(options.Seed, "decisions");
        _step = Math.Max(1, ratings.Items / options.Shelf);
        int shelf = Math.Min(options.Shelf, ((ratings.Items - 1) / _step) + 1);
        _identity = [.. Enumerable.Range(0, shelf)];
        _shelf = new int[shelf];
        _weights = [.. _identity.Select(i => _items.Weight(i * _step))];
        _biases = [.. _identity.Select(i => options.BiasDeviation == 0 ? 0 : FeatureDeviation * _items.Bias(i * _step) / options.BiasDeviation)];
        _logPopularities = Standardized([.. _weights.Select(PortableMath.Log)]);
        _products = options.Features - 2;
        double factorVariance = options.FactorScale * options.FactorScale;
        _productScale = factorVariance == 0 ? 0 : FeatureDeviation / factorVariance;
        _thetas = Thetas(CounterRng.Derive(options.Seed, "clicks"), ratings.Drift.Segments, options.Features);
        _theta = new double[options.Features];
        _millionths = new int[options.Candidates];
        Decision = new SimulatedDecision(options.Candidates, options.Features, Decimals);
    }

    /// <summary>The last decision that was made.</summary>
    public SimulatedDecision Decision { get; }

    /// <summary>Id of its user.</summary>
    public int User { get; private set; }

    /// <summary>Microseconds until its reward would arrive.</summary>
    public long DelayMicros { get; private set; }

    /// <summary>Makes decision <paramref name="n"/> by the tastes of that place; linear in candidates and features.</summary>
    public void Make(long n, Tastes tastes)
    {
        CounterRng rng = new(_seed, (ulong)n);
        int user = _users.Draw(_users.At(n), ref rng);
        User = user + 1;
        DrawCandidates(n, ref rng);
        ReadOnlySpan<double> theta = ThetaAt(tastes);
        for (int i = 0; i < Decision.Count; i++) Decision.Expected[i] = PortableMath.Logistic(Intercept + Score(i, user, tastes, theta));
        Choose(ref rng);
        for (int i = 0; i < Decision.Count; i++) Decision.Rewards[i] = rng.NextDouble() < Decision.Expected[i];
        DelayMicros = (long)(-1e6 * _options.MeanDelaySeconds * PortableMath.Log(rng.NextOpenDouble()));
    }

    /// <summary>Draws without replacement from the items of the shelf that are there; its first two always are.</summary>
    private void DrawCandidates(long n, ref CounterRng rng)
    {
        int present = Math.Clamp(((_items.At(n) - 1) / _step) + 1, 2, _identity.Length);
        Decision.Count = Math.Min(_options.Candidates, present);
        _identity.AsSpan(0, present).CopyTo(_shelf);
        for (int i = 0; i < Decision.Count; i++)
        {
            int other = i + (int)rng.NextBelow((ulong)(present - i));
            (_shelf[i], _shelf[other]) = (_shelf[other], _shelf[i]);
            Decision.Ids[i] = (_shelf[i] * _step) + 1;
        }
    }

    /// <summary>Sets the features of a candidate, and returns their product with theta.</summary>
    private double Score(int candidate, int user, Tastes tastes, ReadOnlySpan<double> theta)
    {
        int place = _shelf[candidate], item = place * _step, width = _options.Factors;
        ReadOnlySpan<double> mine = _users.Factors(user, 0), here = _items.Factors(item, tastes.Segment), next = default;
        if (tastes.Next > 0) next = _items.Factors(item, tastes.Segment + 1);
        double sum = 0;
        for (int k = 0, own = 0, turn = 0; k < _products; k++)
        {
            int its = own + turn < width ? own + turn : own + turn - width;
            double factor = next.IsEmpty ? here[its] : tastes.Mix(here[its], next[its]);
            sum += theta[k] * Decision.SetFeature(candidate, k, _productScale * mine[own] * factor);
            if (++own < width) continue;
            own = 0;
            turn = turn + 1 == width ? 0 : turn + 1;
        }

        sum += theta[_products] * Decision.SetFeature(candidate, _products, _biases[place]);
        return sum + (theta[_products + 1] * Decision.SetFeature(candidate, _products + 1, _logPopularities[place]));
    }

    private void Choose(ref CounterRng rng)
    {
        int count = Decision.Count;
        if (_options.Logging == LoggingPolicy.Uniform)
        {
            Decision.Chosen = (int)rng.NextBelow((ulong)count);
            Decision.Propensity = 1.0 / count;
            return;
        }

        // In whole millionths, so that what is written is exactly what was drawn with.
        double sum = 0;
        for (int i = 0; i < count; i++) sum += _weights[_shelf[i]];
        int left = Millionths;
        for (int i = 0; i < count; i++) left -= _millionths[i] = (Millionths / 2 / count) + (int)(Millionths / 2 * (_weights[_shelf[i]] / sum));
        _millionths[0] += left;
        int drawn = (int)rng.NextBelow(Millionths), chosen = 0;
        while (drawn >= _millionths[chosen]) drawn -= _millionths[chosen++];
        Decision.Chosen = chosen;
        Decision.Propensity = _millionths[chosen] / (double)Millionths;
    }

    private ReadOnlySpan<double> ThetaAt(Tastes tastes)
    {
        double[] here = _thetas[tastes.Segment];
        if (tastes.Next == 0) return here;
        for (int k = 0; k < _theta.Length; k++) _theta[k] = tastes.Mix(here[k], _thetas[tastes.Segment + 1][k]);
        return _theta;
    }

    private static double[][] Thetas(ulong seed, int segments, int features)
    {
        int products = features - 2;
        double[][] thetas = new double[segments][];
        double onBias = 0.8, onPopularity = 0.6;
        for (int s = 0; s < segments; s++)
        {
            CounterRng rng = new(seed, (ulong)s);
            double[] theta = thetas[s] = new double[features];
            double squares = 0;
            for (int k = 0; k < products; k++)
            {
                theta[k] = rng.NextNormal();
                squares += theta[k] * theta[k];
            }

            for (int k = 0; k < products; k++) theta[k] *= Deviation / FeatureDeviation / Math.Sqrt(squares);
            (theta[products], theta[products + 1]) = (Deviation / FeatureDeviation * onBias, Deviation / FeatureDeviation * onPopularity);
            (onBias, onPopularity) = ((Turn * onBias) - (TurnAcross * onPopularity), (TurnAcross * onBias) + (Turn * onPopularity));
        }

        return thetas;
    }

    /// <summary>The same numbers with mean 0 and deviation <see cref="FeatureDeviation"/>; zeros where they are all the same.</summary>
    private static double[] Standardized(double[] numbers)
    {
        double mean = 0, squares = 0;
        foreach (double x in numbers) mean += x / numbers.Length;
        foreach (double x in numbers) squares += (x - mean) * (x - mean) / numbers.Length;
        double scale = squares < 1e-20 ? 0 : FeatureDeviation / Math.Sqrt(squares);
        return [.. numbers.Select(x => scale * (x - mean))];
    }
}
