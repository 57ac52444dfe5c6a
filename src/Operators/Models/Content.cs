using System.Numerics;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Recommends items whose listed features are those of the items that the user met: the score is the cosine between the item's features and the user's profile, a sum of the features of the user's items in which older
/// ones decay (Lops, de Gemmis, Semeraro 2011, "Content-based recommender systems: state of the art and trends", section 3.3.1.1; Rocchio's rule, decayed).
/// </summary>
/// <remarks>
/// <para>An event counts half after <see cref="ContentOptions.HalfLife"/> further ones of its user; its importance weighs it. Rows of items are <see cref="FeatureRows{T}"/>. A score lies in -1 to 1, and is 0 for a user or an item without features. The log loss of
/// an event is -ln of (1 + score) / 2, clamped to [1e-6, 1 - 1e-6].</para>
/// <para>An item that is listed and has not come yet can be scored, and with <see cref="ContentOptions.OfferUnseen"/> be in lists, after seen ones of the same score and in the order of the file; in ranks it is cold, as protocol P says.
/// O(dimensions) an event, ranks excepted. One caller at a time. State: columns of features, and what every <see cref="FactorRecommender{T}"/> has; rows of items are made anew from the catalogue on restore, profiles stay as they were.</para>
/// </remarks>
public sealed unsafe class Content<T> : FactorRecommender<T>, IImplicitModel
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly ItemCatalogue _catalogue;
    private readonly FeatureRows<T> _features;
    private readonly NativeBuffer<T> _unseen;
    private readonly T _decay;
    private readonly int _factors;
    private readonly bool _offerUnseen;

    /// <summary>A model that has met nobody.</summary>
    /// <param name="options">Columns, half-life and bounds.</param>
    /// <param name="catalogue">The features of items.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Content(ContentOptions options, ItemCatalogue catalogue, bool ranking = true)
        : this(options, catalogue, new FeatureRows<T>(catalogue, options.Dimensions, options.Idf), ranking)
    {
    }

    private Content(ContentOptions options, ItemCatalogue catalogue, FeatureRows<T> features, bool ranking)
        : base(options, new NormalRows<T>(0, 0), features, Shape(options, ranking))
    {
        (_catalogue, _features, _factors, _offerUnseen) = (catalogue, features, options.Dimensions, options.OfferUnseen);
        _unseen = new NativeBuffer<T>(Stride);
        _decay = T.CreateTruncating(PortableMath.Exp(-PortableMath.Log(2) / options.HalfLife));
        features.Extend();
    }

    /// <inheritdoc/>
    public override string StateTag => "content";

    /// <summary>Most bytes it takes; the catalogue excepted, which all stages share.</summary>
    public static long BytesFor(ContentOptions options, ItemCatalogue catalogue, bool ranking) =>
        BytesFor(options, Shape(options, ranking)) + FeatureRows<T>.BytesFor(catalogue, options.Dimensions);

    /// <inheritdoc/>
    public double ScoreThenLearn(in Example example, out double loss)
    {
        double score = ScoreThenLearn(example);
        loss = -Math.Log(Math.Clamp((1 + score) / 2, 1e-6, 1 - 1e-6));
        return score;
    }

    private protected override bool Learns(in Example example) => Examples.HasWeight(example);

    // In the order of the ranker's sum, so that its ties are ties here.
    private protected override double Predict(T* p, T* q, double userBias, double itemBias)
    {
        T product = T.Zero;
        for (int t = 0; t < _factors; t++) product = T.FusedMultiplyAdd(p[t], q[t], product);
        return double.CreateTruncating(product) * Scale(p);
    }

    private protected override void ScoreAll(int user, Span<double> scores)
    {
        T* p = UserTable.Row(user);
        double scale = Scale(p);
        for (int item = 0; item < ItemTable.Entities.Count; item++) scores[item] = double.CreateTruncating(FactorKernel<T>.Dot(p, ItemTable.Row(item), Stride)) * scale;
    }

    private protected override double CommonScore(int user) => 0;

    private protected override double ListedScore(int user, double ranked) => ranked * Scale(UserTable.Row(user));

    private protected override double Train(int user, int item, in Example example)
    {
        T* p = UserTable.Row(user), q = ItemTable.Row(item);
        double score = Predict(p, q, 0, 0);
        if (!FactorKernel<T>.Move(p, q, Stride, T.CreateSaturating(example.Weight), _decay)) UserTable.Reset(user);
        return score;
    }

    private protected override void OfferMore(int user, long time, ref TopItems best)
    {
        if (!_offerUnseen) return;
        T* p = UserTable.Row(user), row = _unseen.Pointer;
        foreach (ulong item in _catalogue.Items)
        {
            if (ItemTable.Entities.Find(item) >= 0 || !_catalogue.Life(item).Includes(time)) continue;
            ItemTable.Initial(item, row);
            T product = T.Zero;
            for (int t = 0; t < _factors; t++) product = T.FusedMultiplyAdd(p[t], row[t], product);
            best.OfferUnseen(item, double.CreateTruncating(product));
        }
    }

    private protected override void SaveLearner(ref StateWriter writer)
    {
        writer.Shape("decay", double.CreateTruncating(_decay));
        _features.Save(ref writer);
    }

    private protected override void RestoreLearner(ref StateReader reader)
    {
        reader.Shape("decay", double.CreateTruncating(_decay));
        _features.Restore(ref reader);
    }

    private protected override void RestoreByRow(ref StateReader reader)
    {
        for (int item = 0; item < ItemTable.Entities.Count; item++) ItemTable.Initial(ItemTable.Entities.Key(item), ItemTable.Row(item));
    }

    private protected override void DisposeLearner() => _unseen.Dispose();

    // One over the length of a profile; 0 for one of nothing.
    private double Scale(T* p)
    {
        double square = 0;
        for (int t = 0; t < _factors; t++)
        {
            double factor = double.CreateTruncating(p[t]);
            square += factor * factor;
        }

        return square > 0 ? 1 / Math.Sqrt(square) : 0;
    }

    private static FactorShape Shape(ContentOptions options, bool ranking) => new(options.Dimensions, Biases: false, Distance: false, ranking);
}
