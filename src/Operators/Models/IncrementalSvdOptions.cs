using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="IncrementalSvd{T}"/>.</summary>
public sealed class IncrementalSvdOptions : BasketOptions
{
    private const double LargestGrowth = 1e4;

    /// <summary>Singular vectors, 1 to 256; default 16. Raising it fits finer tastes, needs more events to do so, and costs time and memory in steps of 16.</summary>
    [Range(1, 256)]
    public int Factors { get; set; } = 16;

    /// <summary>Items of a user that count, the last so many different ones, 1 to 1,000; default 20. Raising it knows older tastes, and costs time in
    /// proportion.</summary>
    [Range(1, 1000)]
    public override int Basket { get; set; } = 20;

    /// <summary>What an item counts beside the one after it, 0 to 1; default 0.9: the n-th last counts 0.9 to the power n - 1. Raising it goes less by what
    /// came last.</summary>
    [Range(0.0, 1.0)]
    public override double Recency { get; set; } = 0.9;

    /// <summary>
    /// What popularity adds to a score: so many times the item's share of all events, decayed, 0 to 1,000,000; default 6. Raising it recommends what everybody
    /// meets; at 0 the basis alone orders items.
    /// </summary>
    [Range(0.0, 1e6)]
    public override double PriorWeight { get; set; } = 6;

    /// <summary>Step towards the profile of an event, 0 to 1; default 0.05. Raising it follows what changes, and gives a basis that trembles more.</summary>
    [Range(0.0, 1.0)]
    public double LearningRate { get; set; } = 0.05;

    /// <summary>
    /// Events after which the basis is made orthonormal again, 1 to 1,000,000; default 100. Raising it saves the time of factors x factors x items each time, and lets the basis drift: to the power of it,
    /// 1 + <see cref="LearningRate"/> may be 10,000 at most.
    /// </summary>
    [Range(1, 1_000_000)]
    public int OrthonormalizeEvery { get; set; } = 100;

    /// <summary>Standard deviation of the row that an item starts with, 0 to 10; default 0.01. Raising it lets new items be found by chance; at 0 nothing is learned.</summary>
    [Range(0.0, 10.0)]
    public double InitSigma { get; set; } = 0.01;

    /// <inheritdoc/>
    public override IEnumerable<(string Option, string Message)> Validate()
    {
        foreach ((string Option, string Message) mistake in base.Validate()) yield return mistake;
        double growth = Math.Pow(1 + LearningRate, OrthonormalizeEvery);
        if (!(growth <= LargestGrowth))
            yield return (nameof(OrthonormalizeEvery), FormattableString.Invariant($"(1 + LearningRate) to the power of it is {growth:G3}; at most {LargestGrowth} is allowed."));
    }
}
