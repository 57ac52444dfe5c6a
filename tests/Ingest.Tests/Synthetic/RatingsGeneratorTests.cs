using Streaming.Ingest.Synthetic;

namespace Streaming.Ingest.Tests.Synthetic;

public class RatingsGeneratorTests
{
    [Fact]
    public void An_event_depends_on_the_options_and_its_number_alone()
    {
        RatingsGenerator one = new(new RatingsOptions { Events = 5000 }), two = new(new RatingsOptions { Events = 5000 });
        Rating[] forward = [.. Enumerable.Range(0, 5000).Select(n => one.At(n))];
        for (int n = 4999; n >= 0; n--) Assert.Equal(forward[n], two.At(n));
        RatingsGenerator other = new(new RatingsOptions { Events = 5000, Seed = 43 });
        Assert.True(Enumerable.Range(0, 5000).Count(n => other.At(n) == forward[n]) < 50);
    }

    [Fact]
    public void Ratings_are_half_steps_of_present_users_and_items_in_time_order()
    {
        RatingsOptions options = new() { Events = 20_000, SecondsBetween = 0.3 };
        RatingsGenerator generator = new(options);
        long before = options.Start;
        int lateUsers = 0;
        for (int n = 0; n < 20_000; n++)
        {
            Rating r = generator.At(n);
            Assert.InRange(r.HalfSteps, 1, 10);
            Assert.InRange(r.User, 1, (generator.Users / 2) + (int)(generator.Users / 2 * (n + 1.0) / 20_000) + 1);
            Assert.InRange(r.Item, 1, generator.Items);
            Assert.True(r.Seconds >= before);
            Assert.InRange(r.Seconds - options.Start, (n * 3L / 10) - 1, (n * 3L / 10) + 1);
            before = r.Seconds;
            if (r.User > generator.Users / 2) lateUsers++;
        }

        Assert.InRange(lateUsers, 2_000, 12_000);
    }

    [Fact]
    public void The_planted_signal_is_there_biases_beat_the_mean_and_factors_beat_biases()
    {
        Errors errors = Errors.Of(new RatingsGenerator(new RatingsOptions { Users = 2000, Items = 1000 }), 0, 200_000);
        Assert.True(errors.Baseline < 0.95 * errors.Mean, errors.ToString());
        Assert.True(errors.Factorization < 0.985 * errors.Baseline, errors.ToString());
    }

    [Fact]
    public void Popularity_is_skewed_but_not_all_there_is()
    {
        RatingsGenerator generator = new(new RatingsOptions { Users = 2000, Items = 1000 });
        int[] counts = new int[generator.Items];
        for (int n = 0; n < 200_000; n++) counts[generator.At(n).Item - 1]++;
        Array.Sort(counts);
        Array.Reverse(counts);
        Assert.InRange(counts.Take(10).Sum() / 200_000.0, 0.1, 0.6);
        Assert.True(counts.Count(c => c > 0) > 900);
    }

    [Fact]
    public void Drift_redraws_the_factors_of_items_where_it_is_said_and_nowhere_before()
    {
        RatingsGenerator still = new(new RatingsOptions { Users = 2000, Items = 1000 });
        foreach (double at in (double[])[0.5, 100_000])
        {
            RatingsGenerator drifting = new(new RatingsOptions { Users = 2000, Items = 1000, DriftAt = [at] });
            Assert.Equal(drifting.At(99_999).User, still.At(99_999).User);
            Errors before = Errors.Of(drifting, 80_000, 20_000, learnFrom: 0), after = Errors.Of(drifting, 100_000, 20_000, learnFrom: 0);
            Assert.True(after.Factorization > 1.02 * before.Factorization, $"{before} {after}");
        }
    }

    /// <summary>Progressive errors of three plain learners.</summary>
    private readonly record struct Errors(double Mean, double Baseline, double Factorization)
    {
        public static Errors Of(RatingsGenerator generator, int from, int count, int? learnFrom = null)
        {
            const int K = 8;
            double[] userBias = new double[generator.Users], itemBias = new double[generator.Items];
            double[] userBias2 = new double[generator.Users], itemBias2 = new double[generator.Items];
            double[] p = Start(generator.Users, 1), q = Start(generator.Items, 2);
            double sum = 0, m = 0, b = 0, f = 0;
            int seen = 0;
            for (int n = learnFrom ?? from; n < from + count; n++)
            {
                Rating r = generator.At(n);
                int u = r.User - 1, i = r.Item - 1;
                double mean = seen == 0 ? 3 : sum / seen, e0 = r.Value - mean, e1 = e0 - userBias[u] - itemBias[i], dot = 0;
                for (int k = 0; k < K; k++) dot += p[(u * K) + k] * q[(i * K) + k];
                double e2 = e0 - userBias2[u] - itemBias2[i] - dot;
                if (n >= from) (m, b, f) = (m + (e0 * e0), b + (e1 * e1), f + (e2 * e2));
                sum += r.Value;
                seen++;
                (userBias[u], itemBias[i]) = (userBias[u] + (0.05 * e1), itemBias[i] + (0.05 * e1));
                (userBias2[u], itemBias2[i]) = (userBias2[u] + (0.05 * e2), itemBias2[i] + (0.05 * e2));
                for (int k = 0; k < K; k++)
                {
                    double pu = p[(u * K) + k], qi = q[(i * K) + k];
                    p[(u * K) + k] += 0.05 * ((e2 * qi) - (0.02 * pu));
                    q[(i * K) + k] += 0.05 * ((e2 * pu) - (0.02 * qi));
                }
            }

            return new Errors(Math.Sqrt(m / count), Math.Sqrt(b / count), Math.Sqrt(f / count));

            double[] Start(int rows, ulong stream)
            {
                Abstractions.Randomness.CounterRng rng = new(1, stream);
                return [.. Enumerable.Range(0, rows * K).Select(_ => 0.1 * rng.NextNormal())];
            }
        }
    }
}
