using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

public sealed class MinHashKnnTests
{
    private const int Items = 60;

    [Fact]
    public void Similarities_are_estimated_within_the_bound()
    {
        using Sets sets = new(bands: 128, bandHashes: 4, seed: 3);
        double bound = Math.Sqrt(Math.Log(2 * Items * Items / 1e-6) / (2 * 512)); // Hoeffding, over all pairs at once, with probability 1 - 1e-6
        double sum = 0;
        foreach ((int a, int b) in sets.Pairs)
        {
            double error = sets.Buckets.Similarity(a, b) - sets.Jaccard(a, b);
            Assert.InRange(error, -bound, bound);
            sum += error;
        }

        Assert.InRange(sum / sets.Pairs.Count(), -0.01, 0.01);
    }

    [Fact]
    public void Items_share_a_bucket_as_often_as_theory_says()
    {
        // Over many seeds the share of pairs that agree in some band is 1 - (1 - J^hashes)^bands.
        double expected = 0, variance = 0;
        int found = 0;
        for (ulong seed = 0; seed < 60; seed++)
        {
            using Sets sets = new(bands: 5, bandHashes: 2, seed);
            foreach ((int a, int b) in sets.Pairs)
            {
                double p = 1 - Math.Pow(1 - Math.Pow(sets.Jaccard(a, b), 2), 5);
                expected += p;
                variance += p * (1 - p);
                if (Enumerable.Range(0, 5).Any(band => sets.Buckets.Agree(a, b, band))) found++;
            }
        }

        // Pairs that share an item are not independent: six deviations, and as much again as 60 items make of one.
        Assert.InRange(found, expected - (6 * Math.Sqrt(variance * Items / 6)), expected + (6 * Math.Sqrt(variance * Items / 6)));
        Assert.InRange(found / expected, 0.9, 1.1);
    }

    [Fact]
    public void Rows_that_agree_in_a_band_are_found_in_its_bucket_whatever_came_and_went()
    {
        using Sets sets = new(bands: 6, bandHashes: 1, seed: 9);
        for (int row = 0; row < Items; row += 5) sets.Clear(row);
        for (int band = 0; band < 6; band++)
        {
            for (int row = 0; row < Items; row++)
            {
                if (row % 5 == 0) continue;
                List<int> bucket = [];
                for (int other = sets.Buckets.First(row, band); other >= 0; other = sets.Buckets.Next(other, band)) bucket.Add(other);
                Assert.Equal(bucket.Distinct(), bucket);
                Assert.Equal(
                    Enumerable.Range(0, Items).Where(o => o % 5 != 0 && sets.Buckets.Agree(row, o, band)),
                    bucket.Where(o => sets.Buckets.Agree(row, o, band)).Order());
            }
        }
    }

    [Fact]
    public void Scores_are_the_estimates_of_all_items_that_agree_in_a_band()
    {
        MinHashKnnOptions options = new() { Items = Items, Users = 400, Candidates = 1000, PriorWeight = 0, Basket = 3, Recency = 0.5 };
        using MinHashKnn model = new(options, seed: 21);
        using EntityTable items = new(Items, MinHashBuckets.BytesOf(options.Bands, options.BandHashes));
        using MinHashBuckets buckets = new(items, options.Bands, options.BandHashes, seed: 21);
        Dictionary<ulong, List<ulong>> met = [];
        CounterRng rng = new(2, 2);
        for (int n = 0; n < 3000; n++)
        {
            (ulong user, ulong item) = (1 + rng.NextBelow(400), 1 + Math.Min(rng.NextBelow(Items), rng.NextBelow(Items)));
            model.Learn(new Example { User = user, Item = item, Weight = 1 });
            buckets.Add(items.FindOrAdd(item, out _), user);
            if (!met.TryGetValue(user, out List<ulong>? list)) met.Add(user, list = []);
            list.Remove(item);
            list.Insert(0, item);
        }

        int positive = 0;
        foreach ((ulong user, List<ulong> list) in met)
        {
            for (ulong item = 1; item <= Items; item++)
            {
                double score = 0, recency = 1;
                foreach (ulong other in list.Take(options.Basket))
                {
                    (int a, int b) = (items.Find(item), items.Find(other));
                    if (a != b && Enumerable.Range(0, options.Bands).Any(band => buckets.Agree(a, b, band))) score += recency * buckets.Similarity(a, b);
                    recency *= options.Recency;
                }

                if (score > 0) positive++;
                Assert.Equal(score, model.Score(new Example { User = user, Item = item }), 1e-12);
            }
        }

        Assert.True(positive > 1000);
    }

    /// <summary>Sets of users that overlap more or less, one an item.</summary>
    private sealed class Sets : IDisposable
    {
        private readonly HashSet<ulong>[] _users = [.. Enumerable.Range(0, Items).Select(_ => new HashSet<ulong>())];
        private readonly EntityTable _items;

        public Sets(int bands, int bandHashes, ulong seed)
        {
            _items = new EntityTable(Items, MinHashBuckets.BytesOf(bands, bandHashes));
            Buckets = new MinHashBuckets(_items, bands, bandHashes, seed);
            CounterRng rng = new(8, 8);
            for (int n = 0; n < 4000; n++)
            {
                ulong user = 1 + rng.NextBelow(150);
                int item = _items.FindOrAdd(1 + ((user + Math.Min(rng.NextBelow(Items), rng.NextBelow(Items))) % Items), out _);
                _users[item].Add(user);
                Buckets.Add(item, user);
            }
        }

        public MinHashBuckets Buckets { get; }

        public IEnumerable<(int A, int B)> Pairs => Enumerable.Range(0, Items).SelectMany(a => Enumerable.Range(0, a).Select(b => (a, b)));

        public double Jaccard(int a, int b)
        {
            double common = _users[a].Count(_users[b].Contains);
            return common / (_users[a].Count + _users[b].Count - common);
        }

        public void Clear(int row) => Buckets.Clear(row);

        public void Dispose()
        {
            Buckets.Dispose();
            _items.Dispose();
        }
    }
}
