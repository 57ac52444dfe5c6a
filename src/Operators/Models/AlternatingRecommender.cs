using System.Numerics;
using System.Runtime.CompilerServices;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Learns an event by fitting its user's row and then its item's, each to all pairs there are: those met, which are kept, and those not met, which are one sum over
/// all rows. What the alternating least squares learners share. The score is the inner product of factors.
/// </summary>
/// <remarks>
/// The sums are <see cref="GramMatrix{T}"/>: exact under every change of a row up to rounding, and made anew from time to time. A row for which there is no
/// sound solution starts anew and is counted. The log loss of an event is -ln of 1 - |1 - score|, clamped to [1e-6, 1 - 1e-6].
/// One caller at a time. State: events learned, both sums, that of the base, the pairs kept.
/// </remarks>
public abstract unsafe class AlternatingRecommender<T> : FactorRecommender<T>, IImplicitModel
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly int _resumEvery;
    private long _events;

    private protected AlternatingRecommender(
        AlternatingOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, bool ranking, NativeBuffer<double>? itemWeights = null)
        : base(options, userRows, itemRows, Shape(options, ranking))
    {
        _resumEvery = options.ResumEvery;
        Pairs = new KeptPairs(UserTable.Entities, ItemTable.Entities, options.Interactions, options.UserHistory);
        (UserSum, ItemSum) = (new GramMatrix<T>(UserTable), new GramMatrix<T>(ItemTable, itemWeights));
        (UserTable.Arrived, UserTable.Leaving) = (row => UserSum.Add(row, 1), UserLeaves);
        (ItemTable.Arrived, ItemTable.Leaving) = (row => ItemSum.Add(row, WeightOf(row)), ItemLeaves);
    }

    /// <summary>The pairs kept.</summary>
    private protected KeptPairs Pairs { get; }

    /// <summary>The sum of p p' over all users.</summary>
    private protected GramMatrix<T> UserSum { get; }

    /// <summary>The sum of w q q' over all items.</summary>
    private protected GramMatrix<T> ItemSum { get; }

    /// <inheritdoc/>
    public double ScoreThenLearn(in Example example, out double loss)
    {
        double score = ScoreThenLearn(example);
        double nearness = 1 - Math.Abs(1 - score);
        loss = -Math.Log(nearness >= 1e-6 ? Math.Min(nearness, 1 - 1e-6) : 1e-6);
        return score;
    }

    /// <summary>Most bytes of a model with these options.</summary>
    private protected static long BytesFor(AlternatingOptions options, bool ranking) =>
        BytesFor(options, Shape(options, ranking)) + KeptPairs.BytesFor(options.Users, options.Items, options.Interactions) + (2 * GramMatrix<T>.BytesFor(options.Factors));

    private protected override bool Learns(in Example example) => Examples.HasWeight(example);

    private protected override double Predict(T* p, T* q, double userBias, double itemBias) => double.CreateTruncating(FactorKernel<T>.Dot(p, q, Stride));

    private protected override double CommonScore(int user) => 0;

    private protected override double Train(int user, int item, in Example example)
    {
        double score = Predict(UserTable.Row(user), ItemTable.Row(item), 0, 0);
        Pairs.Add(user, item, example.Weight);
        Fit(user, item);
        if (++_events % _resumEvery == 0) Resum();
        return score;
    }

    /// <summary>Fits the rows of the user and of the item.</summary>
    private protected abstract void Fit(int user, int item);

    /// <summary>The weight with which an item is in <see cref="ItemSum"/>.</summary>
    private protected virtual double WeightOf(int item) => 1;

    /// <summary>An item loses its row, which is still what it was.</summary>
    private protected virtual void ItemLeaves(int item)
    {
        ItemSum.Add(item, -WeightOf(item));
        Pairs.RemoveItem(item);
    }

    /// <summary>Makes the sums anew.</summary>
    private protected virtual void Resum()
    {
        UserSum.Resum();
        ItemSum.Resum();
    }

    private protected override void SaveLearner(ref StateWriter writer)
    {
        writer.Shape("factors", UserTable.Factors);
        writer.Write(_events);
        UserSum.Save(ref writer);
        ItemSum.Save(ref writer);
    }

    private protected override void RestoreLearner(ref StateReader reader)
    {
        reader.Shape("factors", UserTable.Factors);
        _events = reader.ReadCount();
        UserSum.Restore(ref reader);
        ItemSum.Restore(ref reader);
    }

    private protected override void SaveByRow(ref StateWriter writer) => Pairs.Save(ref writer);

    private protected override void RestoreByRow(ref StateReader reader) => Pairs.Restore(ref reader);

    private protected override void DisposeLearner()
    {
        Pairs.Dispose();
        UserSum.Dispose();
        ItemSum.Dispose();
    }

    private void UserLeaves(int user)
    {
        UserSum.Add(user, -1);
        Pairs.RemoveUser(user);
    }

    private static FactorShape Shape(AlternatingOptions options, bool ranking) => new(options.Factors, Biases: false, Distance: false, ranking);
}
