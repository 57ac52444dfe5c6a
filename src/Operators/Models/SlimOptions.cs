using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Slim"/>.</summary>
public sealed class SlimOptions : BasketOptions
{
    /// <summary>Items of a user that count, the last so many different ones, 1 to 1,000; default 20. Raising it knows older tastes, and costs time in
    /// proportion.</summary>
    [Range(1, 1000)]
    public override int Basket { get; set; } = 20;

    /// <summary>What an item counts beside the one after it, 0 to 1; default 0.9: the n-th last counts 0.9 to the power n - 1. At 1 a profile is a set, as in the
    /// paper. Raising it goes less by what came last.</summary>
    [Range(0.0, 1.0)]
    public override double Recency { get; set; } = 0.9;

    /// <summary>
    /// What popularity adds to a score: so many times the item's share of all events, decayed, 0 to 1,000,000; default 6. Raising it recommends what everybody
    /// meets; at 0 items without a score of their own are ordered by arrival.
    /// </summary>
    [Range(0.0, 1e6)]
    public override double PriorWeight { get; set; } = 6;

    /// <summary>Items that an item keeps weights towards, the largest so many, 1 to 10,000; default 100. Raising it knows weaker ties, and takes 12 bytes for each item
    /// there is room for.</summary>
    [Range(1, 10_000)]
    public int Neighbours { get; set; } = 100;

    /// <summary>
    /// Learning rate, 0 to 1; default 0.08. Raising it follows what changes, and learns from fewer events; a step never goes past what it learns from, however high
    /// it is.
    /// </summary>
    [Range(0.0, 1.0)]
    public double LearningRate { get; set; } = 0.08;

    /// <summary>
    /// What an item that the user did not choose counts beside the one that was chosen, 0 to 1; default 0.1. Raising it makes weights smaller, those most that promise what does not
    /// come; at 0 they only grow.
    /// </summary>
    [Range(0.0, 1.0)]
    public double NegativeWeight { get; set; } = 0.1;

    /// <summary>l1 penalty on the weights, 0 to 1; default 0.001. Raising it makes more of them exactly 0, which leaves room for others.</summary>
    [Range(0.0, 1.0)]
    public double L1 { get; set; } = 0.001;

    /// <summary>l2 penalty on the weights, 0 to 1; default 0. Raising it pulls weights towards 0, large ones most.</summary>
    [Range(0.0, 1.0)]
    public double L2 { get; set; }

    /// <summary>Whether weights are never below 0, as in the paper; default true. With false an item may speak against another.</summary>
    public bool NonNegative { get; set; } = true;
}
