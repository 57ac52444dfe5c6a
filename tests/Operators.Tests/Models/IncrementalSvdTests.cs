using MathNet.Numerics.LinearAlgebra;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class IncrementalSvdTests
{
    private const int Items = 24;
    private static readonly NormalRows<double> ItemRows = new(2, .1);

    [Theory]
    [InlineData(1, 0)]
    [InlineData(7, 3)]
    [InlineData(100_000, 3)]
    public void It_learns_by_ojas_rule_on_whole_matrices(int every, double priorWeight)
    {
        IncrementalSvdOptions options = new()
        {
            Factors = 5,
            Basket = 4,
            Recency = .7,
            LearningRate = every == 100_000 ? 5e-5 : .1,
            OrthonormalizeEvery = every,
            PriorWeight = priorWeight,
            PriorHalfLife = 20,
        };
        using IncrementalSvd<double> model = new(options, ItemRows);
        Plain plain = new(options);
        CounterRng rng = new(6, 6);
        for (int n = 0; n < 1500; n++)
        {
            ulong user = 1 + rng.NextBelow(12), item = 1 + Math.Min(rng.NextBelow(Items), rng.NextBelow(Items));
            float weight = n % 7 == 0 ? 2.5f : n % 11 == 0 ? 1000 : 1;
            Assert.Equal(plain.Score(user, item), model.ScoreThenLearn(new Example { User = user, Item = item, Weight = weight }), 1e-9);
            plain.Learn(user, item, weight);
            if (n % 100 != 50) continue;
            model.Forget(user);
            plain.Forget(user);
        }

        for (ulong user = 1; user <= 13; user++)
        {
            for (ulong item = 1; item <= Items; item++) Assert.Equal(plain.Score(user, item), model.Score(new Example { User = user, Item = item }), 1e-9);
        }
    }

    [Fact]
    public void The_basis_is_orthonormal_after_every_so_many_events_and_within_the_bound_between()
    {
        IncrementalSvdOptions options = new() { Factors = 6, OrthonormalizeEvery = 50, LearningRate = .05, PriorWeight = 0 };
        using IncrementalSvd<double> model = new(options, ItemRows);
        CounterRng rng = new(8, 8);
        for (int n = 1; n <= 3000; n++)
        {
            model.Learn(new Example { User = 1 + rng.NextBelow(30), Item = 1 + rng.NextBelow(Items), Weight = 1 });
            if (n < 1000) continue; // all items have come
            Vector<double> values = Gram(model).Evd(Symmetricity.Symmetric).EigenValues.Real();
            int since = n % 50;
            Assert.InRange(values.Minimum(), 1 - 1e-9, 1 + 1e-9 + Math.Pow(1.05, 2 * since));
            Assert.InRange(values.Maximum(), 1 - 1e-9, Math.Pow(1.05, 2 * since) + 1e-9);
        }
    }

    [Fact]
    public void Columns_that_depend_on_others_are_zero_until_new_items_give_them_something()
    {
        using IncrementalSvd<double> model = new(new IncrementalSvdOptions { Factors = 4, OrthonormalizeEvery = 2, PriorWeight = 0 }, ItemRows);
        for (ulong item = 1; item <= 6; item++)
        {
            model.Learn(new Example { User = 1, Item = item, Weight = 1 });
            model.Learn(new Example { User = 2, Item = item, Weight = 1 });
            Matrix<double> gram = Gram(model);
            int rank = (int)Math.Min(item, 4);
            Assert.Equal(rank, gram.Diagonal().Count(d => Math.Abs(d - 1) < 1e-9));
            Assert.Equal(rank, gram.Trace(), 1e-9);
        }
    }

    [Fact]
    public void Its_span_is_that_of_the_leading_singular_vectors_within_five_degrees()
    {
        const int Users = 30, Factors = 3;
        IncrementalSvdOptions options = new() { Factors = Factors, Basket = Items, Recency = 1, LearningRate = .004, OrthonormalizeEvery = 50, PriorWeight = 0 };
        using IncrementalSvd<double> model = new(options, ItemRows);
        Matrix<double> profiles = Matrix<double>.Build.Dense(Users, Items);
        CounterRng rng = new(9, 9);
        List<(int User, int Item)> met = [];
        for (int user = 0; user < Users; user++)
        {
            // Three tastes, of different weight, and a little of everything.
            int taste = user % 6 == 0 ? 2 : user % 3 == 0 ? 1 : 0;
            for (int item = 0; item < Items; item++)
            {
                if (rng.NextBelow(10) >= (item % 3 == taste ? 8u : 1u)) continue;
                profiles[user, item] = 1;
                met.Add((user, item));
            }
        }

        foreach ((int user, int item) in met) Learn(user, item);
        for (int n = 0; n < 40_000; n++)
        {
            int user = (int)rng.NextBelow(Users);
            Learn(user, met.First(m => m.User == user).Item);
        }

        Matrix<double> normalized = profiles.NormalizeRows(2), basis = Basis(model, Items);
        Matrix<double> exact = normalized.Svd().VT.SubMatrix(0, Factors, 0, Items).Transpose();
        double cosine = (exact.Transpose() * basis.QR(MathNet.Numerics.LinearAlgebra.Factorization.QRMethod.Thin).Q).Svd().S.Minimum();
        Assert.InRange(Math.Acos(Math.Min(cosine, 1)) * 180 / Math.PI, 0, 5);

        void Learn(int user, int item) => model.Learn(new Example { User = 1 + (ulong)user, Item = 1 + (ulong)item, Weight = 1 });
    }

    private static Matrix<double> Gram(IncrementalSvd<double> model)
    {
        Matrix<double> basis = Basis(model, (int)model.Items);
        return basis.Transpose() * basis;
    }

    // By item: row 0 is item 1.
    private static Matrix<double> Basis(IncrementalSvd<double> model, int items)
    {
        Matrix<double> basis = Matrix<double>.Build.Dense(items, model.ItemRows.Factors);
        double[] row = new double[model.ItemRows.Factors];
        List<ulong> keys = [.. Enumerable.Range(0, items).Select(i => model.ItemRows.Key(i)).Order()];
        for (int i = 0; i < items; i++)
        {
            model.ItemRows.Copy(i, row);
            basis.SetRow(keys.IndexOf(model.ItemRows.Key(i)), row);
        }

        return basis;
    }

    private sealed class Plain(IncrementalSvdOptions options)
    {
        private readonly PlainRows _items = new(ItemRows, options.Factors);
        private readonly Dictionary<ulong, double> _popularity = [];
        private readonly Dictionary<ulong, List<ulong>> _met = [];
        private readonly List<ulong> _order = [];
        private double _total;
        private int _events;

        public double Score(ulong user, ulong item) =>
            PlainRows.Dot(Projection(user), _items.Peek(item)) + (_total > 0 ? options.PriorWeight * _popularity.GetValueOrDefault(item) / _total : 0);

        public void Learn(ulong user, ulong item, double weight)
        {
            if (!_order.Contains(item)) _order.Add(item);
            double counts = Math.Pow(2, _events++ / options.PriorHalfLife);
            _popularity[item] = _popularity.GetValueOrDefault(item) + counts;
            _total += counts;
            if (!_met.TryGetValue(user, out List<ulong>? met)) _met.Add(user, met = []);
            met.Remove(item);
            met.Insert(0, item);
            double[] z = Projection(user);
            foreach ((ulong other, double x) in Profile(user))
            {
                for (int f = 0; f < z.Length; f++) _items[other][f] += Math.Min(options.LearningRate * weight, 1) * x * z[f];
            }

            if (_events % options.OrthonormalizeEvery == 0) GramSchmidt();
        }

        public void Forget(ulong user) => _met.Remove(user);

        private (ulong Item, double X)[] Profile(ulong user)
        {
            ulong[] last = _met.TryGetValue(user, out List<ulong>? met) ? [.. met.Take(options.Basket)] : [];
            double length = Math.Sqrt(last.Select((_, n) => Math.Pow(options.Recency, 2 * n)).Sum());
            return [.. last.Select((item, n) => (item, Math.Pow(options.Recency, n) / length))];
        }

        private double[] Projection(ulong user)
        {
            double[] z = new double[options.Factors];
            foreach ((ulong item, double x) in Profile(user))
            {
                for (int f = 0; f < z.Length; f++) z[f] += x * _items.Peek(item)[f];
            }

            return z;
        }

        // Column by column, twice, as is enough (Giraud, Langou, Rozloznik 2005).
        private void GramSchmidt()
        {
            for (int f = 0; f < options.Factors; f++)
            {
                double whole = Math.Sqrt(_order.Sum(i => _items[i][f] * _items[i][f]));
                for (int pass = 0; pass < 2; pass++)
                {
                    for (int g = 0; g < f; g++)
                    {
                        double common = _order.Sum(i => _items[i][f] * _items[i][g]);
                        foreach (ulong i in _order) _items[i][f] -= common * _items[i][g];
                    }
                }

                double left = Math.Sqrt(_order.Sum(i => _items[i][f] * _items[i][f]));
                foreach (ulong i in _order) _items[i][f] = left > 1e-4 * whole ? _items[i][f] / left : 0;
            }
        }
    }
}
