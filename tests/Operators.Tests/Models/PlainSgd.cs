using Streaming.Abstractions.Events;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Tests.Models;

/// <summary>One gradient step an event on mean, biases and factors, written plainly, with everything that changes its rates or adds to its prediction.</summary>
internal sealed class PlainSgd(IRowInitializer<double> userRows, IRowInitializer<double> itemRows)
{
    private readonly Side _users = new(userRows), _items = new(itemRows);
    private readonly Dictionary<(ulong Item, double Bucket), double> _buckets = [];
    private double _sum;
    private double _weights;

    public required int Factors { get; init; }

    public bool Biases { get; init; } = true;

    public bool NonNegative { get; init; }

    public RateSchedule Schedule { get; init; }

    public double Decay { get; init; }

    public double BucketDays { get; init; }

    public double Rate { get; init; } = .05;

    public double L2 { get; init; } = .1;

    public double BiasRate { get; init; } = .03;

    public double BiasL2 { get; init; } = .05;

    public double Score(ulong user, ulong item, long time)
    {
        Entity u = _users.Peek(user, Factors), i = _items.Peek(item, Factors);
        return (Biases ? Mean : 0) + u.Bias + i.Bias + PlainRows.Dot(u.Row, i.Row) + (BucketDays > 0 ? _buckets.GetValueOrDefault((item, Bucket(time))) : 0);
    }

    public void Learn(in Event e)
    {
        Entity u = _users.Get(e.User, Factors), i = _items.Get(e.Item, Factors);
        _weights += e.Weight;
        _sum += e.Weight * e.Value;
        double gradient = 2 * e.Weight * (Score(e.User, e.Item, e.Time) - e.Value);
        double[] userGradient = [.. u.Row.Select((p, f) => (gradient * i.Row[f]) + (L2 * p))], itemGradient = [.. i.Row.Select((q, f) => (gradient * u.Row[f]) + (L2 * q))];
        double userBias = gradient + (BiasL2 * u.Bias), itemBias = gradient + (BiasL2 * i.Bias);
        (double Factors, double Bias) userRates = Rates(u, userGradient, userBias), itemRates = Rates(i, itemGradient, itemBias);
        for (int f = 0; f < Factors; f++)
        {
            (u.Row[f], i.Row[f]) = (u.Row[f] - (Rate * userRates.Factors * userGradient[f]), i.Row[f] - (Rate * itemRates.Factors * itemGradient[f]));
            if (NonNegative) (u.Row[f], i.Row[f]) = (Math.Max(0, u.Row[f]), Math.Max(0, i.Row[f]));
        }

        if (!Biases) return;
        u.Bias -= BiasRate * userRates.Bias * userBias;
        i.Bias -= BiasRate * itemRates.Bias * itemBias;
        if (BucketDays == 0) return;
        double bucketBias = _buckets.GetValueOrDefault((e.Item, Bucket(e.Time)));
        _buckets[(e.Item, Bucket(e.Time))] = bucketBias - (BiasRate * itemRates.Bias * (gradient + (BiasL2 * bucketBias)));
    }

    public void Forget(ulong user) => _users.Remove(user);

    private double Mean => _weights == 0 ? 0 : _sum / _weights;

    private double Bucket(long time) => Math.Floor(time / (BucketDays * 86_400e6));

    private (double Factors, double Bias) Rates(Entity entity, double[] gradient, double biasGradient)
    {
        entity.FactorSquares += gradient.Length == 0 ? 0 : gradient.Average(g => g * g);
        entity.BiasSquares += biasGradient * biasGradient;
        double n = entity.Events++;
        return Schedule switch
        {
            RateSchedule.InverseTime => (1 / (1 + (Decay * n)), 1 / (1 + (Decay * n))),
            RateSchedule.InverseSqrt => (1 / Math.Sqrt(1 + (Decay * n)), 1 / Math.Sqrt(1 + (Decay * n))),
            RateSchedule.Adagrad => (1 / Math.Sqrt(entity.FactorSquares + 1e-8), 1 / Math.Sqrt(entity.BiasSquares + 1e-8)),
            _ => (1, 1),
        };
    }

    private sealed class Entity(double[] row)
    {
        public double[] Row => row;

        public double Bias { get; set; }

        public double FactorSquares { get; set; }

        public double BiasSquares { get; set; }

        public double Events { get; set; }
    }

    private sealed class Side(IRowInitializer<double> initial)
    {
        private readonly Dictionary<ulong, Entity> _entities = [];

        public Entity Get(ulong key, int factors)
        {
            Entity entity = Peek(key, factors);
            _entities[key] = entity;
            return entity;
        }

        public Entity Peek(ulong key, int factors)
        {
            if (_entities.TryGetValue(key, out Entity? entity)) return entity;
            double[] row = new double[factors];
            if (factors > 0) initial.Fill(key, row);
            return new Entity(row);
        }

        public void Remove(ulong key) => _entities.Remove(key);
    }
}
