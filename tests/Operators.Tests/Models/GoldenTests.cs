using System.Text.Json;
using Streaming.Abstractions.Learning;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>Small worked cases of other implementations and of the defining equations, with their initial rows.</summary>
public sealed class GoldenTests
{
    private static readonly JsonElement Toy = Read("matrix-factorization-toy.json");
    private static readonly JsonElement Steps = Read("matrix-factorization-steps.json");

    [Fact]
    public void Baseline_predicts_the_published_value()
    {
        using Baseline model = new(new BaselineOptions { LearningRate = Number(Toy, "baseline", "lr") });
        Assert.Equal(Number(Toy, "baseline", "expected"), AfterToy(model), 1e-9);
    }

    [Fact]
    public void Funk_mf_predicts_the_published_value()
    {
        FunkMfOptions options = new() { LearningRate = Number(Toy, "funk_mf", "lr") };
        using FunkMf<double> exact = new(options, new ToyRows<double>("funk_mf", "user:"), new ToyRows<double>("funk_mf", "item:"));
        using FunkMf<float> single = new(options, new ToyRows<float>("funk_mf", "user:"), new ToyRows<float>("funk_mf", "item:"));
        double expected = Number(Toy, "funk_mf", "expected");
        Assert.Equal(expected, AfterToy(exact), 1e-9);
        Assert.Equal(expected, AfterToy(single), 1e-6);
    }

    [Fact]
    public void Biased_mf_predicts_the_published_value()
    {
        BiasedMfOptions options = new() { LearningRate = Number(Toy, "biased_mf", "lr_latent"), BiasLearningRate = Number(Toy, "biased_mf", "lr_bias"), Regularization = 0, BiasRegularization = 0 };
        using BiasedMf<double> exact = new(options, new ToyRows<double>("biased_mf", "user:"), new ToyRows<double>("biased_mf", "item:"));
        using BiasedMf<float> single = new(options, new ToyRows<float>("biased_mf", "user:"), new ToyRows<float>("biased_mf", "item:"));
        double expected = Number(Toy, "biased_mf", "expected");
        Assert.Equal(expected, AfterToy(exact), 1e-9);
        Assert.Equal(expected, AfterToy(single), 1e-6);
    }

    // The engine's gradient has the factor 2 of the squared error's derivative; a rate of half the golden one takes it out.
    [Theory]
    [InlineData(.005, 0, "simultaneous")]
    [InlineData(.01, 0, "with_gradient_factor_2")]
    [InlineData(.005, .02, "with_l2_0_02")]
    public void A_step_moves_both_rows_from_their_old_values(double rate, double l2, string variant)
    {
        JsonElement golden = Steps.GetProperty("mf_sgd_step");

        // l2 in the golden is multiplied by its rate of .01, which here is half.
        FunkMfOptions options = new() { Factors = 3, LearningRate = rate, Regularization = l2 * .01 / rate };
        (double[] w, double[] h) = StepRows(options, Numbers(golden, "w"), Numbers(golden, "h"), Number(golden, "rating"));
        Near(Numbers(golden, variant, "w"), w);
        Near(Numbers(golden, variant, "h"), h);
    }

    // All rows stay positive, so that nothing is raised to 0.
    [Fact]
    public void A_step_of_nmf_without_biases_moves_both_rows_from_their_old_values()
    {
        JsonElement golden = Steps.GetProperty("mf_sgd_step");
        NmfOptions options = new() { Factors = 3, LearningRate = .005, Regularization = 0, Biases = false };
        using Nmf<double> model = new(options, new UnitRows(Numbers(golden, "w")), new UnitRows(Numbers(golden, "h")));
        model.Learn(new Example { User = 1000, Item = 1000, Value = Number(golden, "rating"), Weight = 1 });
        for (int f = 0; f < 3; f++)
        {
            Assert.Equal(Numbers(golden, "simultaneous", "w")[f], model.Score(new Example { User = 1000, Item = (ulong)f + 1 }), 1e-12);
            Assert.Equal(Numbers(golden, "simultaneous", "h")[f], model.Score(new Example { User = (ulong)f + 1, Item = 1000 }), 1e-12);
        }

        Assert.Equal(Number(golden, "simultaneous", "next_prediction"), model.Score(new Example { User = 1000, Item = 1000 }), 1e-12);
    }

    [Fact]
    public void A_step_without_biases_follows_the_quiz()
    {
        JsonElement golden = Steps.GetProperty("mf_pop_quiz_3");
        (double[] w, double[] h) = StepRows(new FunkMfOptions { Factors = 2, LearningRate = Number(golden, "lr") / 2 }, Numbers(golden, "w"), Numbers(golden, "h"), Number(golden, "rating"));
        Near([.875, .4125], w);
        Near([.7, .9375], h);
    }

    [Fact]
    public unsafe void A_step_with_the_quiz_error_follows_the_quiz()
    {
        JsonElement golden = Steps.GetProperty("mf_pop_quiz_3");
        using NativeBuffer<double> rows = new(32);
        Numbers(golden, "w").CopyTo(rows.AsSpan(0, 2));
        Numbers(golden, "h").CopyTo(rows.AsSpan(16, 2));
        FactorKernel<double>.Step(rows.Pointer, rows.Pointer + 16, 16, Number(golden, "lr") * Number(golden, "error"), 1, 1);
        Near(Numbers(golden, "new_w"), rows.AsSpan(0, 2).ToArray());
        Near(Numbers(golden, "new_h"), rows.AsSpan(16, 2).ToArray());
    }

    // Reads the rows a step leaves through scores: against a user (or item) of unit rows, one factor at a time.
    private static (double[] User, double[] Item) StepRows(FunkMfOptions options, double[] w, double[] h, double rating)
    {
        using FunkMf<double> model = new(options, new UnitRows(w), new UnitRows(h));
        model.Learn(new Example { User = 1000, Item = 1000, Value = rating, Weight = 1 });
        return ([.. w.Select((_, f) => model.Score(new Example { User = 1000, Item = (ulong)f + 1 }))],
            [.. h.Select((_, f) => model.Score(new Example { User = (ulong)f + 1, Item = 1000 }))]);
    }

    private static double AfterToy(IRatingModel model)
    {
        foreach (JsonElement row in Toy.GetProperty("rows").EnumerateArray())
            model.Learn(new Example { User = Key(row[0].GetString()!), Item = Key(row[1].GetString()!), Value = row[2].GetDouble(), Weight = 1 });
        return model.Score(new Example { User = Key("Bob"), Item = Key("Harry Potter"), Weight = 1 });
    }

    private static ulong Key(string name) => name.Aggregate(1UL, (key, letter) => (key * 131) + letter);

    internal static JsonElement Read(string name) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", name))).RootElement;

    private static double Number(JsonElement element, params string[] path) => path.Aggregate(element, (e, name) => e.GetProperty(name)).GetDouble();

    private static double[] Numbers(JsonElement element, params string[] path) =>
        [.. path.Aggregate(element, (e, name) => e.GetProperty(name)).EnumerateArray().Select(e => e.GetDouble())];

    private static void Near(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (int i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-12);
    }

    private sealed class ToyRows<T>(string model, string prefix) : IRowInitializer<T>
        where T : unmanaged, System.Numerics.INumberBase<T>
    {
        private readonly Dictionary<ulong, double[]> _rows = Toy.GetProperty(model).GetProperty("init_latents_in_draw_order").EnumerateObject()
            .Where(p => p.Name.StartsWith(prefix, StringComparison.Ordinal))
            .ToDictionary(p => Key(p.Name[prefix.Length..]), p => p.Value.EnumerateArray().Select(e => e.GetDouble()).ToArray());

        public string Description => "toy";

        public void Fill(ulong key, Span<T> row)
        {
            for (int i = 0; i < row.Length; i++) row[i] = T.CreateChecked(_rows[key][i]);
        }
    }

    private sealed class UnitRows(double[] row) : IRowInitializer<double>
    {
        public string Description => "unit";

        public void Fill(ulong key, Span<double> into)
        {
            into.Clear();
            if (key == 1000) row.CopyTo(into);
            else into[(int)key - 1] = 1;
        }
    }
}
