using System.Reflection;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Stages;
using Streaming.Abstractions.State;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>Schedules of learning rates, biases by time and factors that are never negative, against the plain rule.</summary>
public sealed class SgdExtensionTests
{
    private const double Day = 1 / 86_400.0; // of a second
    private static readonly NormalRows<double> UserRows = new(1, .3), ItemRows = new(2, .3);

    public static MatrixTheoryData<RateSchedule, bool> Cases { get; } = new(Enum.GetValues<RateSchedule>(), [false, true]);

    public static TheoryData<RateSchedule> Schedules { get; } = [.. Enum.GetValues<RateSchedule>()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Biased_mf_learns_by_the_plain_rule(RateSchedule schedule, bool buckets)
    {
        double days = buckets ? 40 * Day : 0;
        BiasedMfOptions options = new() { Factors = 5, Schedule = schedule, Decay = .2, TimeBucketDays = days, TimeBuckets = 1000 };
        using BiasedMf<double> model = new(options, UserRows, ItemRows);
        Check(model, new PlainSgd(UserRows, ItemRows) { Factors = 5, Schedule = schedule, Decay = .2, BucketDays = days });
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_baseline_learns_by_the_plain_rule(RateSchedule schedule, bool buckets)
    {
        double days = buckets ? 40 * Day : 0;
        using Baseline model = new(new BaselineOptions { LearningRate = .04, Regularization = .02, Schedule = schedule, Decay = .2, TimeBucketDays = days, TimeBuckets = 1000 });
        Check(model, new PlainSgd(UserRows, ItemRows) { Factors = 0, Schedule = schedule, Decay = .2, BucketDays = days, BiasRate = .04, BiasL2 = .02 });
    }

    [Theory]
    [MemberData(nameof(Schedules))]
    public void Funk_mf_learns_by_the_plain_rule(RateSchedule schedule)
    {
        using FunkMf<double> model = new(new FunkMfOptions { Factors = 7, LearningRate = .03, Regularization = .02, Schedule = schedule, Decay = .2 }, UserRows, ItemRows);
        Check(model, new PlainSgd(UserRows, ItemRows) { Factors = 7, Biases = false, Schedule = schedule, Decay = .2, Rate = .03, L2 = .02 });
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Nmf_learns_by_the_plain_rule(RateSchedule schedule, bool biases)
    {
        NmfOptions options = new() { Factors = 5, Biases = biases, LearningRate = .05, Regularization = .1, BiasLearningRate = .03, BiasRegularization = .05, Schedule = schedule, Decay = .2 };
        using Nmf<double> model = new(options, UserRows, ItemRows);
        Check(model, new PlainSgd(new NonNegativeRows<double>(UserRows), new NonNegativeRows<double>(ItemRows)) { Factors = 5, Biases = biases, NonNegative = true, Schedule = schedule, Decay = .2 });
    }

    [Fact]
    public void Ranks_are_those_of_the_time_they_are_asked_for()
    {
        using BiasedMf<double> model = new(new BiasedMfOptions { TimeBucketDays = 100 * Day, TimeBuckets = 4, BiasLearningRate = .3 }, 5);
        ProtocolP oracle = new();
        CounterRng rng = new(8, 8);
        (int counted, int changed) = (0, 0);
        foreach (Event e in PlainRecommender.Random(1200, 30, 60))
        {
            long time = e.Time - (rng.NextBelow(4) == 0 ? 90_000_000 : 0);
            int rank = model.Rank(new Example { User = e.User, Item = e.Item, Time = time }, 1000);
            Assert.Equal(oracle.Rank(e.User, e.Item, item => model.Score(new Example { User = e.User, Item = item, Time = time }), 1000), rank);
            if (rank > 0) counted++;
            if (rank > 0 && rank != model.Rank(new Example { User = e.User, Item = e.Item, Time = time + 200_000_000 }, 1000)) changed++;
            model.Learn(new Example { User = e.User, Item = e.Item, Value = e.Value, Weight = 1, Time = time });
            oracle.Learn(e.User, e.Item);
        }

        Assert.True(counted > 100 && changed > 30, $"Of {counted} ranks {changed} depended on the time.");
    }

    [Fact]
    public void A_bucket_takes_the_place_of_an_older_one_and_an_event_before_both_has_none()
    {
        EntityTable items = new(3);
        int row = items.FindOrAdd(7, out _);
        using BucketBiases biases = new(items, Day, length: 2);
        ulong[] numbers = [.. Enumerable.Range(-2, 5).Select(second => biases.Number((second * 1_000_000) + 5))];
        Assert.Equal(Enumerable.Range(0, 5).Select(n => numbers[0] + (ulong)n), numbers);
        biases.Set(row, numbers[1], .5);
        biases.Set(row, numbers[2], .25);
        Assert.Equal([0, .5, .25, 0], numbers[..4].Select(n => biases.Of(row, n)));
        biases.Set(row, numbers[3], .125);
        biases.Set(row, numbers[1], 9);
        Assert.Equal([0, 0, .25, .125], numbers[..4].Select(n => biases.Of(row, n)));
        biases.Clear(row);
        Assert.Equal([0, 0, 0, 0], numbers[..4].Select(n => biases.Of(row, n)));
        Assert.True(biases.Number(long.MinValue) is > 0 and < ulong.MaxValue / 2 && biases.Number(long.MaxValue) > numbers[4]);
    }

    [Fact]
    public void No_factor_of_nmf_is_ever_negative()
    {
        foreach (double rate in (double[])[.01, .2, 1])
        {
            using Nmf<float> model = new(new NmfOptions { Biases = false, LearningRate = rate, InitSigma = .5, Factors = 16 }, 3);
            CounterRng rng = new(5, 5);
            for (int n = 0; n < 3000; n++)
            {
                ulong user = 1 + rng.NextBelow(20), item = 1 + rng.NextBelow(30);
                model.Learn(new Example { User = user, Item = item, Value = (rng.NextDouble() * 10) - 5, Weight = 1 });
                Assert.True(model.Score(new Example { User = user, Item = item }) >= 0);
            }

            foreach (float factor in Rows(model)) Assert.True(factor >= 0, $"A factor is {factor}.");
        }
    }

    [Theory]
    [InlineData(-1.0)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void A_snapshot_with_a_number_of_events_that_is_none_is_refused(double events)
    {
        BaselineOptions options = new() { Schedule = RateSchedule.InverseTime };
        using Baseline whole = new(options), resumed = new(options), same = new(options);
        whole.Learn(new Example { User = 1, Item = 2, Value = 3, Weight = 1 });
        byte[] state = StateBytes.Save(whole);
        StateBytes.Restore(same, state);
        BitConverter.GetBytes(events).CopyTo(state, state.Length - sizeof(double));
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(resumed, state));
    }

    [Fact]
    public void A_snapshot_of_another_schedule_or_bucket_is_refused()
    {
        BaselineOptions[] all =
        [
            new(), new() { Schedule = RateSchedule.InverseTime }, new() { Schedule = RateSchedule.Adagrad }, new() { TimeBucketDays = 3 }, new() { TimeBucketDays = 4 },
            new() { TimeBucketDays = 3, TimeBuckets = 3 },
        ];
        foreach (BaselineOptions from in all)
        {
            using Baseline whole = new(from);
            for (ulong n = 1; n < 40; n++) whole.Learn(new Example { User = n % 7, Item = n % 11, Value = n % 5, Weight = 1, Time = (long)n << 40 });
            byte[] state = StateBytes.Save(whole);
            foreach (BaselineOptions to in all)
            {
                using Baseline resumed = new(to);
                if (ReferenceEquals(from, to)) StateBytes.Restore(resumed, state);
                else Assert.Throws<StateMismatchException>(() => StateBytes.Restore(resumed, state));
            }
        }
    }

    private static void Check(IRatingModel model, PlainSgd plain)
    {
        Event[] log = PlainRecommender.Random(1500, 25, 40);
        for (int n = 0; n < log.Length; n++)
        {
            Event e = log[n];
            e.Weight = n % 9 == 0 ? 2.5f : 1;
            Example example = new() { User = e.User, Item = e.Item, Value = e.Value, Time = e.Time, Weight = e.Weight };
            Assert.Equal(plain.Score(e.User, e.Item, e.Time), model.ScoreThenLearn(example), 1e-9);
            plain.Learn(e);
            Assert.Equal(plain.Score(e.User, e.Item, e.Time + 45_000_000), model.Score(new Example { User = e.User, Item = e.Item, Time = e.Time + 45_000_000 }), 1e-9);
            if (n % 200 != 150) continue;
            ((IForgetful)model).Forget(e.User);
            plain.Forget(e.User);
        }
    }

    private static unsafe float[] Rows(Nmf<float> model)
    {
        List<float> factors = [];
        foreach (string side in (string[])["UserTable", "ItemTable"])
        {
            EmbeddingTable<float> table = (EmbeddingTable<float>)typeof(FactorRecommender<float>).GetProperty(side, BindingFlags.NonPublic | BindingFlags.Instance)!.GetValue(model)!;
            for (int row = 0; row < table.Entities.Count; row++) factors.AddRange(new Span<float>(table.Row(row), table.Stride));
        }

        return [.. factors];
    }
}
