using System.Numerics;
using Streaming.Abstractions.Learning;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models.Refits;

/// <summary>What a re-fit needs of the model. All of it concerns the rows that the tables show at the moment.</summary>
internal interface IRefitModel<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>The users' rows.</summary>
    EmbeddingTable<T> UserTable { get; }

    /// <summary>The items' rows.</summary>
    EmbeddingTable<T> ItemTable { get; }

    /// <summary>The score of an example by its rows.</summary>
    double Predict(int user, int item, in Example example);

    /// <summary>Learns by the model's rule; returns the score before.</summary>
    double Train(int user, int item, in Example example);

    /// <summary>Says what is learned from now on.</summary>
    void Rehearse(Rehearsal rehearsal);

    /// <summary>The loss by which candidate and model are compared.</summary>
    double Loss(double score, in Example example);

    /// <summary>What biases and product should add up to.</summary>
    double Target(double value);

    /// <summary>Other rows are shown.</summary>
    void RefreshAll();
}
