using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Sketches;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Sketches;

public class HyperLogLogTests
{
    [Fact]
    public void Nothing_counts_as_nothing()
    {
        Assert.Equal(new Estimate(0, 0, 0), new HyperLogLog(new HyperLogLogOptions(), 1).Cardinality);
    }

    [Fact]
    public void Twenty_six_letters_count_as_twenty_six()
    {
        HyperLogLog sketch = new(new HyperLogLogOptions(), 1);
        for (int round = 0; round < 3; round++)
        {
            for (ulong letter = 'a'; letter <= 'z'; letter++) sketch.Add(letter);
        }

        Assert.Equal(26, sketch.Distinct, 0.5);
    }

    [Theory]
    [InlineData(4, 100_000)]
    [InlineData(4, 10)]
    [InlineData(8, 200)]
    [InlineData(8, 640)]
    [InlineData(8, 50_000)]
    [InlineData(12, 3_000)]
    [InlineData(12, 10_000)]
    [InlineData(12, 300_000)]
    [InlineData(16, 100_000)]
    [InlineData(18, 500_000)]
    public void The_error_over_many_seeds_is_the_stated_one_without_bias(int precision, int distinct)
    {
        int seeds = distinct > 50_000 ? 40 : 200;
        double sum = 0, squares = 0;
        int outside = 0;
        for (ulong seed = 0; seed < (ulong)seeds; seed++)
        {
            HyperLogLog sketch = new(new HyperLogLogOptions { Precision = precision }, seed);
            for (int i = 0; i < distinct; i++) sketch.Add((ulong)i);
            Estimate estimate = sketch.Cardinality;
            double error = (estimate.Value / distinct) - 1;
            sum += error;
            squares += error * error;
            if (distinct < estimate.Lower || distinct > estimate.Upper) outside++;
        }

        double standard = 1.04 / Math.Sqrt(1 << precision);
        // Below one key a register the sketch does better than its limit; above it, not worse than sampling and the small-m constant explain.
        Assert.InRange(Math.Sqrt(squares / seeds), 0, standard * 1.35);
        Assert.InRange(Math.Abs(sum / seeds), 0, Math.Max(4 * standard / Math.Sqrt(seeds), 1e-12));
        Assert.InRange((double)outside / seeds, 0, 0.15);
    }

    [Theory]
    [InlineData(1e9)]
    [InlineData(1e15)]
    [InlineData(1e18)]
    public void The_estimator_holds_far_beyond_what_can_be_counted(double distinct)
    {
        // Registers drawn from their exact distribution: P(rank <= k) = (1 - 2^-k)^(n/m) for each of m registers.
        const int Precision = 12, Registers = 1 << Precision, Largest = 64 - Precision + 1;
        CounterRng rng = new(11, (ulong)distinct);
        HyperLogLog sketch = new(new HyperLogLogOptions { Precision = Precision }, seed: 1);
        byte[] state = StateBytes.Save(sketch);
        foreach (ref byte register in state.AsSpan(state.Length - Registers))
        {
            double u = rng.NextOpenDouble();
            int rank = 0;
            while (rank < Largest && Math.Exp(distinct / Registers * Math.Log(1 - Math.Pow(2, -rank))) < u) rank++;
            register = (byte)rank;
        }

        StateBytes.Restore(sketch, state);
        Assert.InRange(sketch.Distinct / distinct, 1 - (4 * sketch.StandardError), 1 + (4 * sketch.StandardError));
    }

    [Fact]
    public void Registers_follow_the_definition()
    {
        const int Precision = 6;
        HyperLogLog sketch = new(new HyperLogLogOptions { Precision = Precision }, seed: 21);
        byte[] expected = new byte[1 << Precision];
        for (ulong key = 0; key < 5_000; key++)
        {
            sketch.Add(key);
            string bits = Convert.ToString((long)PlainHash.Of(key, 21), 2).PadLeft(64, '0');
            int register = Convert.ToInt32(bits[..Precision], 2);
            int first = bits.IndexOf('1', Precision);
            expected[register] = (byte)Math.Max(expected[register], (first < 0 ? 64 : first) - Precision + 1);
        }

        Assert.Equal(expected, StateBytes.Save(sketch)[^expected.Length..]);
    }

    [Fact]
    public void A_key_that_came_before_changes_nothing()
    {
        HyperLogLog sketch = new(new HyperLogLogOptions { Precision = 4 }, 1);
        for (ulong key = 0; key < 1000; key++) sketch.Add(key);
        byte[] before = StateBytes.Save(sketch);
        double estimate = sketch.Distinct;
        for (ulong key = 0; key < 1000; key++) sketch.Add(key, weight: 7);
        Assert.Equal(before, StateBytes.Save(sketch));
        Assert.Equal(estimate, sketch.Distinct);
    }

    [Fact]
    public void The_lower_bound_is_at_least_the_registers_in_use()
    {
        HyperLogLog sketch = new(new HyperLogLogOptions { Precision = 4 }, 1);
        sketch.Add(1);
        Assert.Equal(1, sketch.Cardinality.Lower, 1e-12);
    }

    [Fact]
    public void A_register_beyond_the_largest_rank_is_refused()
    {
        HyperLogLog sketch = new(new HyperLogLogOptions { Precision = 4 }, 1);
        byte[] state = StateBytes.Save(sketch);
        state[^1] = 62;
        Assert.Throws<StateMismatchException>(() => StateBytes.Restore(sketch, state));
    }
}
