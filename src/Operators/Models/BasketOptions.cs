using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of every model that goes by the items a user met last.</summary>
public abstract class BasketOptions : PriorOptions
{
    private protected BasketOptions()
    {
    }

    /// <summary>Items of a user that count, the last so many different ones, 1 to 1,000; default 10. Raising it knows older tastes, and costs time in
    /// proportion.</summary>
    [Range(1, 1000)]
    public virtual int Basket { get; set; } = 10;

    /// <summary>What an item counts beside the one after it, 0 to 1; default 0.8: the n-th last counts 0.8 to the power n - 1. Raising it goes less by what
    /// came last.</summary>
    [Range(0.0, 1.0)]
    public virtual double Recency { get; set; } = 0.8;
}
