using Streaming.Abstractions.Events;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>Against the whole matrix, inverted anew by an elimination with pivots.</summary>
public sealed class EaseTests
{
    [Theory]
    [InlineData(5, 0, 1)]
    [InlineData(50, 3, 1)]
    [InlineData(0.5, 1, 3)]
    public void Scores_ranks_and_lists_are_those_of_the_whole_problem_solved_anew(double regularization, double priorWeight, int admitAfter)
    {
        EaseOptions options = new() { ModelItems = 25, AdmitAfter = admitAfter, Regularization = regularization, PriorWeight = priorWeight, PriorHalfLife = 0 };
        using Ease model = new(options);
        new Plain(options).Check(model, PlainRecommender.Random(900, 40, 40), depth: 20, every: 3);
    }

    [Fact]
    public void Updates_stay_within_1e_8_of_the_inverse_made_anew()
    {
        const int Columns = 60;
        using EntityTable columns = new(Columns);
        using InteractionHistory rows = new(500, columns, 100_000);
        using GramInverse updated = new(Columns, ridge: 1, renewEvery: int.MaxValue), renewed = new(Columns, ridge: 1, renewEvery: 50);
        double[,] gram = new double[Columns, Columns];
        CounterRng rng = new(5, 6);
        for (ulong c = 1; c <= Columns; c++)
        {
            columns.FindOrAdd(c, out _);
            updated.Grow();
            renewed.Grow();
        }

        for (int n = 0; n < 20_000; n++)
        {
            int row = (int)rng.NextBelow(500), column = (int)Math.Min(rng.NextBelow(Columns), rng.NextBelow(Columns)), count = rows.CountOf(row);
            rows.Add(row, column);
            if (rows.CountOf(row) == count) continue;
            updated.Add(column, rows.Of(row));
            renewed.Add(column, rows.Of(row));
            foreach (int other in rows.Of(row))
            {
                gram[column, other]++;
                if (other != column) gram[other, column]++;
            }
        }

        double[,] exact = Inverse(gram, 1);
        for (int i = 0; i < Columns; i++)
        {
            for (int j = 0; j < Columns; j++)
            {
                Assert.Equal(exact[i, j], updated[i, j], 1e-8);
                Assert.Equal(exact[i, j], renewed[i, j], 1e-10);
            }
        }
    }

    // Gauss-Jordan elimination of [A I] with row pivots.
    private static double[,] Inverse(double[,] gram, double ridge)
    {
        int size = gram.GetLength(0);
        double[,] a = new double[size, 2 * size], inverse = new double[size, size];
        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++) a[i, j] = gram[i, j];
            a[i, i] += ridge;
            a[i, size + i] = 1;
        }

        for (int p = 0; p < size; p++)
        {
            int best = Enumerable.Range(p, size - p).MaxBy(i => Math.Abs(a[i, p]));
            for (int j = 0; j < 2 * size; j++) (a[p, j], a[best, j]) = (a[best, j], a[p, j]);
            for (int i = 0; i < size; i++)
            {
                double factor = i == p ? 0 : a[i, p] / a[p, p];
                for (int j = p; j < 2 * size && factor != 0; j++) a[i, j] -= factor * a[p, j];
            }
        }

        for (int i = 0; i < size; i++)
        {
            for (int j = 0; j < size; j++) inverse[i, j] = a[i, size + j] / a[i, i];
        }

        return inverse;
    }

    private sealed class Plain(EaseOptions options) : PlainRecommender
    {
        private readonly List<ulong> _admitted = [];
        private readonly Dictionary<ulong, List<int>> _met = [];
        private readonly Dictionary<ulong, double> _times = [];
        private readonly double[,] _gram = new double[options.ModelItems, options.ModelItems];
        private double[,]? _inverse;
        private int _events;

        public override double Score(ulong user, ulong item)
        {
            double prior = _events > 0 ? _times.GetValueOrDefault(item) * (options.PriorWeight / _events) : 0;
            int column = _admitted.IndexOf(item);
            if (column < 0 || !_met.TryGetValue(user, out List<int>? met)) return prior;
            _inverse ??= Inverse(_gram, options.Regularization);
            return prior + met.Where(other => other != column).Sum(other => -_inverse[other, column] / _inverse[column, column]);
        }

        public override void Learn(in Event e)
        {
            _events++;
            _times[e.Item] = _times.GetValueOrDefault(e.Item) + 1;
            int column = _admitted.IndexOf(e.Item);
            if (column < 0)
            {
                if (_times[e.Item] < options.AdmitAfter || _admitted.Count == options.ModelItems) return;
                column = _admitted.Count;
                _admitted.Add(e.Item);
            }

            if (!_met.TryGetValue(e.User, out List<int>? met)) _met.Add(e.User, met = []);
            if (met.Contains(column)) return;
            _inverse = null;
            _gram[column, column]++;
            foreach (int other in met)
            {
                _gram[column, other]++;
                _gram[other, column]++;
            }

            met.Add(column);
        }
    }
}
