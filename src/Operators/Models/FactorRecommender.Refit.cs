using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Reports;
using Streaming.Operators.Models.Refits;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <content>Re-fits beside the model, where the learner asks for them.</content>
public abstract unsafe partial class FactorRecommender<T>
{
    private Refit<T>? _refit;

    EmbeddingTable<T> IRefitModel<T>.UserTable => UserTable;

    EmbeddingTable<T> IRefitModel<T>.ItemTable => ItemTable;

    /// <summary>What is learned at the moment.</summary>
    private protected Rehearsal Rehearsal { get; private set; }

    double IRefitModel<T>.Predict(int user, int item, in Example example) => Predict(example, UserTable.Row(user), ItemTable.Row(item), user, item);

    double IRefitModel<T>.Train(int user, int item, in Example example) => Train(user, item, example);

    double IRefitModel<T>.Loss(double score, in Example example) => RefitLoss(score, example);

    double IRefitModel<T>.Target(double value) => Target(value);

    void IRefitModel<T>.RefreshAll() => RefreshAll();

    void IRefitModel<T>.Rehearse(Rehearsal rehearsal)
    {
        Rehearsal = rehearsal;
        Rehearsing(rehearsal == Rehearsal.Samples);
    }

    void IRefitted.ReportRefits(StageReport report) => _refit?.Report(report);

    /// <summary>Most bytes of re-fits; 0 where there are none.</summary>
    private protected static long RefitBytesFor(RecommenderOptions options, RefitOptions refit, int factors, RefitShape shape) => Refit<T>.BytesFor(refit, options.Users, options.Items, factors, shape);

    /// <summary>Has the model fitted anew beside it, if the options say so: for learners that change nothing but the two rows and biases of an event, and mind <see cref="Rehearsal"/> in what else they keep.</summary>
    private protected void StartRefits(RefitOptions options, RefitShape shape, ulong seed)
    {
        if (options.Every > 0 && _isPacked) throw new ArgumentException("A model whose rows are kept in 16 bits cannot be fitted anew.", nameof(options));
        if (options.Every > 0) _refit = new Refit<T>(this, options, shape, seed);
    }

    /// <summary>The learner learns events kept from now on, or events that come.</summary>
    private protected virtual void Rehearsing(bool samples)
    {
    }

    /// <summary>What biases and product should add up to.</summary>
    private protected virtual double Target(double value) => 1;

    /// <summary>The loss by which the model and a candidate are compared.</summary>
    private protected virtual double RefitLoss(double score, in Example example) => (1 - score) * (1 - score);
}
