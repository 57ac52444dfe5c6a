using System.Numerics;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Predicts mean + user bias + item bias + q.(p + |N|^-1/2 sum of y_j over j in N), where N are the items that the user rated before, whatever the ratings (Koren 2008,
/// "Factorization meets the neighborhood: a multifaceted collaborative filtering model", equation 15), learned by one gradient step an event.
/// </summary>
/// <remarks>
/// With g = 2(prediction - value) times the importance, clipped, and z = p + |N|^-1/2 sum of y, all from the old values: p -= rate (g q + l2 p), q -= rate (g z + l2 q),
/// y_j -= implicit rate (g |N|^-1/2 q + implicit l2 y_j), biases as <see cref="SgdFactorization{T}"/> does. The event's item joins N afterwards, which holds the newest
/// <see cref="SvdPlusPlusOptions.UserHistory"/>. y begins at 0.
/// An item's row is q and behind it y. O(|N| x factors) an event, and once a rank or list. A row that is no longer sound afterwards starts anew and is counted. One caller at a
/// time. State: that of the base, then the pairs of users and items that are kept.
/// </remarks>
public sealed unsafe class SvdPlusPlus<T> : RatingRecommender<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly NativeBuffer<T> _combined;
    private readonly KeptPairs _pairs;
    private readonly double _rate;
    private readonly double _biasRate;
    private readonly double _biasL2;
    private readonly double _implicitRate;
    private readonly T _decay;
    private readonly T _implicitDecay;

    /// <summary>A model whose initial rows are drawn on (seed, entity).</summary>
    /// <param name="options">Shape, rates and bounds.</param>
    /// <param name="seed">Seed of the initial rows.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public SvdPlusPlus(SvdPlusPlusOptions options, ulong seed, bool ranking = true)
        : this(options, new NormalRows<T>(CounterRng.Derive(seed, "users"), options.InitSigma), new NormalRows<T>(CounterRng.Derive(seed, "items"), options.InitSigma), ranking)
    {
    }

    /// <summary>A model with the given initial rows.</summary>
    public SvdPlusPlus(SvdPlusPlusOptions options, IRowInitializer<T> userRows, IRowInitializer<T> itemRows, bool ranking = true)
        : base(options, userRows, itemRows, Shape(options, ranking), meanAndBiases: true, options.GradientClip)
    {
        _combined = new NativeBuffer<T>(Stride);
        _pairs = new KeptPairs(UserTable.Entities, ItemTable.Entities, options.Interactions, options.UserHistory);
        (_rate, _biasRate, _biasL2, _implicitRate) = (options.LearningRate, options.BiasLearningRate, options.BiasRegularization, options.ImplicitLearningRate);
        _decay = T.CreateTruncating(1 - (options.LearningRate * options.Regularization));
        _implicitDecay = T.CreateTruncating(1 - (options.ImplicitLearningRate * options.ImplicitRegularization));
        (UserTable.Leaving, ItemTable.Leaving) = (_pairs.RemoveUser, _pairs.RemoveItem);
    }

    /// <inheritdoc/>
    public override string StateTag => "svd-plus-plus";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(SvdPlusPlusOptions options, bool ranking) =>
        BytesFor(options, Shape(options, ranking)) + KeptPairs.BytesFor(options.Users, options.Items, options.Interactions);

    private protected override double Predict(in Example example, T* p, T* q, int user, int item) => base.Predict(example, user >= 0 ? Combine(user) : p, q, user, item);

    private protected override T* RankingRow(int user) => Combine(user);

    private protected override double Train(int user, int item, in Example example)
    {
        T* p = UserTable.Row(user), q = ItemTable.Row(item), z = Combine(user);
        ref double userBias = ref UserTable.Bias(user);
        ref double itemBias = ref ItemTable.Bias(item);
        double product = Product(z, q);
        double score = Intercept + userBias + itemBias + product;
        Meet(example);
        double gradient = Gradient(Intercept + userBias + itemBias + product, example);
        userBias -= _biasRate * (gradient + (_biasL2 * userBias));
        itemBias -= _biasRate * (gradient + (_biasL2 * itemBias));
        StepImplicit(user, q, gradient);
        T step = T.CreateTruncating(-_rate * gradient);
        bool userSound = FactorKernel<T>.Move(p, q, Stride, step, _decay) && double.IsFinite(userBias);
        bool itemSound = FactorKernel<T>.Move(q, z, Stride, step, _decay) && double.IsFinite(itemBias);
        if (!userSound) UserTable.Reset(user);
        if (!itemSound) ItemTable.Reset(item);
        _pairs.Add(user, item, example.Weight);
        return score;
    }

    private protected override void SaveByRow(ref StateWriter writer) => _pairs.Save(ref writer);

    private protected override void RestoreByRow(ref StateReader reader) => _pairs.Restore(ref reader);

    private protected override void DisposeLearner()
    {
        _combined.Dispose();
        _pairs.Dispose();
    }

    /// <summary>The user's factors and those of what the user rated; valid until the next call.</summary>
    private T* Combine(int user)
    {
        T* z = _combined.Pointer;
        Buffer.MemoryCopy(UserTable.Row(user), z, (long)Stride * sizeof(T), (long)Stride * sizeof(T));
        T share = T.CreateTruncating(Share(user));
        for (int pair = _pairs.NewestOfUser(user); pair >= 0; pair = _pairs.OlderOfUser(pair)) FactorKernel<T>.Move(z, Implicit(_pairs.ItemOf(pair)), Stride, share, T.One);
        return z;
    }

    private void StepImplicit(int user, T* q, double gradient)
    {
        T step = T.CreateTruncating(-_implicitRate * gradient * Share(user));
        for (int pair = _pairs.NewestOfUser(user); pair >= 0; pair = _pairs.OlderOfUser(pair))
        {
            int rated = _pairs.ItemOf(pair);
            ItemTable.Touch(rated);
            if (FactorKernel<T>.Move(Implicit(rated), q, Stride, step, _implicitDecay)) continue;
            ItemTable.Reset(rated);
            Refresh(rated);
        }
    }

    private T* Implicit(int item) => ItemTable.Row(item) + Stride;

    private double Share(int user) => _pairs.CountOfUser(user) == 0 ? 0 : 1 / Math.Sqrt(_pairs.CountOfUser(user));

    private static FactorShape Shape(SvdPlusPlusOptions options, bool ranking) => new(options.Factors, Biases: true, Distance: false, ranking, ItemSeconds: true);
}
