using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;

namespace Streaming.Operators.Tests.Models;

/// <summary>Parameters of hashed features in a dictionary, written plainly: sides of an example, and the steps of the optimizers on one number at a time.</summary>
internal sealed class PlainFeatures(FeatureOptions options, FeatureRates rates, int latents, double intercept, ItemCatalogue catalogue, ulong seed, bool identity = true)
{
    private readonly BucketRows<double> _rows = new(CounterRng.Derive(seed, "rows"), options.InitSigma, options.Dimensions + 1, intercept);
    private readonly Dictionary<int, Parameter[]> _parameters = [];

    public FeatureHash Hash { get; } = new(seed, options.Dimensions);

    public int Intercept => options.Dimensions + 1;

    public List<(int Bucket, double Value, int Field)> User(in Example example)
    {
        List<(int, double, int)> side = [(Hash.User(example.User), 1, 0)];
        if (options.HourOfDay) side.Add((Hash.Hour(example.Time), 1, 2 + side.Count));
        if (options.DayOfWeek) side.Add((Hash.Weekday(example.Time), 1, 2 + side.Count));
        if (!options.Context) return side;
        foreach (Feature feature in example.Features) side.Add((Hash.Context(feature.Key), feature.Value, 2 + side.Count));
        return side;
    }

    public List<(int Bucket, double Value, int Field)> Item(ulong item)
    {
        List<(int, double, int)> side = [];
        if (identity) side.Add((Hash.Item(item), 1, 1));
        foreach (Feature feature in catalogue.Features(item)) side.Add((Hash.ItemFeature(feature.Key), feature.Value, 2));
        return side;
    }

    public double Latent(int bucket, int place) => Of(bucket)[place].Value;

    public double Weight(int bucket) => Of(bucket)[latents].Value;

    public void Scale(int bucket, double share)
    {
        Parameter[] row = Admit(bucket);
        for (int t = 0; t < latents; t++) row[t].Value *= share;
    }

    /// <summary>A step on one parameter: the latent at a place, or the weight behind them.</summary>
    public void StepOne(int bucket, int place, double gradient)
    {
        bool isWeight = place == latents;
        Step(ref Admit(bucket)[place], gradient, isWeight ? rates.WeightLearningRate : rates.LearningRate, isWeight ? rates.WeightRegularization : rates.Regularization);
    }

    /// <summary>A step on all parameters of a bucket at once.</summary>
    public void Step(int bucket, Func<int, double> latent, double weight)
    {
        double[] gradients = [.. Enumerable.Range(0, latents).Select(latent), weight];
        for (int i = 0; i < gradients.Length; i++) StepOne(bucket, i, gradients[i]);
    }

    private void Step(ref Parameter p, double gradient, double rate, double l2)
    {
        switch (rates.Optimizer)
        {
            case FeatureOptimizer.Sgd:
                p.Value -= rate * (gradient + (l2 * p.Value));
                break;
            case FeatureOptimizer.Adagrad:
                gradient += l2 * p.Value;
                p.Squares += gradient * gradient;
                p.Value -= rate * gradient / Math.Sqrt(1 + p.Squares);
                break;
            default:
                if (p.Squares == 0) p.Z = -(p.Value * ((rates.Beta / rate) + l2)) - (Math.Sign(p.Value) * rates.L1);
                double sigma = (Math.Sqrt(p.Squares + (gradient * gradient)) - Math.Sqrt(p.Squares)) / rate;
                p.Z += gradient - (sigma * p.Value);
                p.Squares += gradient * gradient;
                p.Value = Math.Abs(p.Z) <= rates.L1 ? 0 : -(p.Z - (Math.Sign(p.Z) * rates.L1)) / (((rates.Beta + Math.Sqrt(p.Squares)) / rate) + l2);
                break;
        }
    }

    private Parameter[] Admit(int bucket)
    {
        if (!_parameters.TryGetValue(bucket, out Parameter[]? row)) _parameters.Add(bucket, row = Of(bucket));
        return row;
    }

    private Parameter[] Of(int bucket)
    {
        if (_parameters.TryGetValue(bucket, out Parameter[]? row)) return row;
        double[] values = new double[latents + 1];
        _rows.Fill((ulong)bucket, values);
        return [.. values.Select(v => new Parameter { Value = v })];
    }

    private struct Parameter
    {
        public double Value;
        public double Squares;
        public double Z;
    }
}
