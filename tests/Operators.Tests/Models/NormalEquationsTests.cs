using System.Text.Json;
using Streaming.Operators.Models;
using Streaming.Operators.Numerics;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>The equations of one row against worked cases.</summary>
public sealed unsafe class NormalEquationsTests
{
    private static readonly JsonElement Golden = GoldenTests.Read("alternating-least-squares.json");

    // What each of the three users gave to two of the three items.
    private static readonly double[,] Ratings = { { 5, double.NaN, 2 }, { 4, 4, double.NaN }, { double.NaN, 5, 1 } };

    [Theory]
    [InlineData("lambda_0", 0)]
    [InlineData("lambda_0_1", .1)]
    public void A_step_of_least_squares_on_ratings_gives_the_worked_rows(string variant, double l2)
    {
        double[][] items = Rows(Golden.GetProperty("mf_confidence").GetProperty("items_H0"));
        JsonElement step = Golden.GetProperty("mf_als_3x3").GetProperty(variant).GetProperty("steps")[0];
        double[][] users = new double[3][];
        for (int u = 0; u < 3; u++) users[u] = Solve(items, i => Ratings[u, i], l2)!;
        Near(Rows(step.GetProperty("W")), users);
        for (int i = 0; i < 3; i++) items[i] = Solve(users, u => Ratings[u, i], l2)!;
        Near(Rows(step.GetProperty("H_columns")), items);
    }

    [Fact]
    public void Without_a_penalty_a_row_with_fewer_ratings_than_factors_is_refused()
    {
        double[][] items = Rows(Golden.GetProperty("mf_confidence").GetProperty("items_H0"));
        Assert.Null(Solve(items, i => i == 1 ? 4 : double.NaN, l2: 0));
        Assert.NotNull(Solve(items, i => i == 1 ? 4 : double.NaN, l2: 1e-6));
    }

    [Theory]
    [InlineData("alpha_1", 1)]
    [InlineData("alpha_40", 40)]
    public void Confidence_grows_with_frequency_as_in_the_worked_case(string variant, double alpha)
    {
        JsonElement golden = Golden.GetProperty("mf_confidence");
        double[][] items = Rows(golden.GetProperty("items_H0"));
        using NativeBuffer<double> gram = new(32), memory = new(64);
        foreach (double[] item in items)
        {
            for (int f = 0; f < 4; f++) gram[(f / 2 * 16) + (f % 2)] += item[f / 2] * item[f % 2];
        }

        using NormalEquations<double> equations = new(2);
        equations.Start(gram, golden.GetProperty("l2").GetDouble());
        double[] frequency = [.. golden.GetProperty("frequency").EnumerateArray().Select(e => e.GetDouble())];
        for (int i = 0; i < 3; i++)
        {
            items[i].CopyTo(memory.AsSpan(16 * i, 2));
            if (frequency[i] > 0) equations.Add(memory.Pointer + (16 * i), alpha * frequency[i], 1 + (alpha * frequency[i]));
        }

        Assert.True(equations.TrySolve(memory.Pointer + 48));
        Near([[.. golden.GetProperty(variant).EnumerateArray().Select(e => e.GetDouble())]], [memory.AsSpan(48, 2).ToArray()]);
    }

    [Fact]
    public void A_model_without_a_penalty_is_refused_by_name()
    {
        ArgumentException e = Assert.Throws<ArgumentException>(() => new Ials<double>(new IalsOptions { Regularization = 0 }, 1));
        Assert.Contains("Regularization is 0", e.Message, StringComparison.Ordinal);
    }

    private static double[]? Solve(double[][] others, Func<int, double> rating, double l2)
    {
        using NormalEquations<double> equations = new(2);
        using NativeBuffer<double> none = new(32), memory = new(16 * (others.Length + 1));
        equations.Start(none, l2);
        for (int i = 0; i < others.Length; i++)
        {
            others[i].CopyTo(memory.AsSpan(16 * i, 2));
            if (!double.IsNaN(rating(i))) equations.Add(memory.Pointer + (16 * i), 1, rating(i));
        }

        double* row = memory.Pointer + (16 * others.Length);
        return equations.TrySolve(row) ? [row[0], row[1]] : null;
    }

    private static double[][] Rows(JsonElement rows) => [.. rows.EnumerateArray().Select(r => r.EnumerateArray().Select(e => e.GetDouble()).ToArray())];

    private static void Near(double[][] expected, double[][] found)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            for (int f = 0; f < expected[i].Length; f++) Assert.Equal(expected[i][f], found[i][f], 1e-9);
        }
    }
}
