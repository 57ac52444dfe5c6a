using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>Rows of 16 bits learn what rows of 32 do, up to rounding.</summary>
public sealed class RowPrecisionTests
{
    [Theory]
    [InlineData(RowPrecision.Half, 0.002)]
    [InlineData(RowPrecision.Bfloat16, 0.02)]
    public void Factors_of_sixteen_bits_predict_nearly_as_well(RowPrecision precision, double loss)
    {
        Event[] log = PlainRecommender.Random(20_000, 100, 80);
        double whole = Error(log, RowPrecision.Single), packed = Error(log, precision);
        Assert.NotEqual(whole, packed);
        Assert.InRange(packed / whole, 1 - loss, 1 + loss);
    }

    [Fact]
    public void Scores_and_ranks_are_those_of_what_is_kept()
    {
        Event[] log = PlainRecommender.Random(3_000, 40, 60);
        using BiasedMf<float> model = new(new BiasedMfOptions { Precision = RowPrecision.Bfloat16, Factors = 20 }, 5);
        double[] factors = new double[20];
        foreach (Event e in log)
        {
            model.Learn(new Example { User = e.User, Item = e.Item, Value = e.Value, Weight = 1 });
            IFactorRows users = model.UserRows;
            users.Copy(0, factors);
            Assert.All(factors, f => Assert.Equal(0u, BitConverter.SingleToUInt32Bits((float)f) & 0xFFFF));
        }

        ulong user = log[0].User;
        ScoredItem[] list = new ScoredItem[10];
        int found = model.TopK(new Example { User = user }, list);
        for (int i = 0; i < found; i++) Assert.Equal(model.Score(new Example { User = user, Item = list[i].Item }), list[i].Score, 1e-5);
    }

    private static double Error(Event[] log, RowPrecision precision)
    {
        using BiasedMf<float> model = new(new BiasedMfOptions { Precision = precision, Factors = 16 }, 5);
        double sum = 0;
        foreach (Event e in log) sum += Math.Pow(model.ScoreThenLearn(new Example { User = e.User, Item = e.Item, Value = e.Value, Weight = 1 }) - e.Value, 2);
        return Math.Sqrt(sum / log.Length);
    }
}
