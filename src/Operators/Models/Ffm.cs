using System.Numerics;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Field-aware factorization machine (Juan, Zhuang, Chin, Lin 2016, "Field-aware factorization machines for CTR prediction", equations 3 to 6 and algorithm 1): every two features add the
/// product of their values and of the latents that each has for the other's field; by AdaGrad, with an intercept and weights unless <see cref="FfmOptions.Linear"/> is off, as it is in the paper.
/// </summary>
/// <remarks>
/// <para>Fields: the user, the item, all features that the <see cref="ItemCatalogue"/> has of the item, and the context, by place in the event from the fourth field on; where there are more places than
/// fields they begin anew there. Latents start as normal draws. A row is fields x factors latents and a weight. What a feature has for one field steps once an example, by the sum over that field's features, all from
/// the old values, and only latents in use are penalized.</para>
/// <para>Ranks and lists score every item: O(items x features^2 x factors), exact. O(features^2 x factors) an example, 1 or 1 + negatives of them an event. One caller at a time.</para>
/// </remarks>
public sealed unsafe class Ffm<T> : FeatureRecommender<T>
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly FmLoss _loss;
    private readonly int _negatives;
    private readonly int _factors;
    private readonly int _fields;
    private readonly bool _linear;
    private readonly bool _normalize;
    private NativeBuffer<T> _gradients;

    /// <summary>A model whose initial rows are drawn on (seed, bucket).</summary>
    /// <param name="options">Shape, rates and bounds.</param>
    /// <param name="seed">Seed of the hash, of the initial rows and of the items drawn.</param>
    /// <param name="catalogue">What is known of items.</param>
    /// <param name="ranking">Whether it keeps what ranks need.</param>
    public Ffm(FfmOptions options, ulong seed, ItemCatalogue catalogue, bool ranking = true)
        : base(options, Layout(options), null, catalogue, seed, ranking)
    {
        (_loss, _negatives, _factors, _fields) = (options.Loss, options.Negatives, options.Factors, options.Fields);
        (_linear, _normalize) = (options.Linear, options.Normalize);
        _gradients = new NativeBuffer<T>(Table.Stride);
    }

    /// <inheritdoc/>
    public override string StateTag => "ffm";

    /// <summary>Most bytes it takes.</summary>
    public static long BytesFor(FfmOptions options, ItemCatalogue catalogue, bool ranking) => BytesFor(options, Layout(options), catalogue, ranking);

    private protected override bool Learns(in Example example) => Examples.HasWeight(example) && (_loss == FmLoss.Logistic || double.IsFinite(example.Value));

    private protected override void Compose(FeatureSide<T> side) => side.Load();

    private protected override double Predict(FeatureSide<T> user, FeatureSide<T> item)
    {
        int count = user.Count + item.Count;
        double scale = Scale(user, item), pairs = 0, linear = 0;
        for (int a = 0; a < count; a++)
        {
            FeatureSide<T>.Member one = Of(user, item, a, out T* row);
            linear += double.CreateTruncating(one.Value) * double.CreateTruncating(row[Table.Latents]);
            for (int b = a + 1; b < count; b++)
            {
                FeatureSide<T>.Member other = Of(user, item, b, out T* otherRow);
                pairs += double.CreateTruncating(one.Value) * double.CreateTruncating(other.Value) * Product(row + Place(other), otherRow + Place(one));
            }
        }

        return (scale * scale * pairs) + (_linear ? Intercept + (scale * linear) : 0);
    }

    private protected override double Train(int user, int item, in Example example) => Regress(user, item, example, _loss, _negatives);

    private protected override void Descend(FeatureSide<T> item, double gradient)
    {
        FeatureSide<T> user = UserSide;
        int count = user.Count + item.Count, stride = Table.Stride, weight = Table.Latents;
        if (_gradients.Length < (long)count * stride)
        {
            _gradients.Dispose();
            _gradients = new NativeBuffer<T>(2L * count * stride);
        }

        double scale = Scale(user, item);
        T* slopes = _gradients.Pointer;
        new Span<T>(slopes, count * stride).Clear();
        for (int a = 0; a < count; a++)
        {
            FeatureSide<T>.Member one = Of(user, item, a, out T* row);
            slopes[(a * stride) + weight] = T.CreateSaturating(gradient * scale * double.CreateTruncating(one.Value));
            for (int b = a + 1; b < count; b++)
            {
                FeatureSide<T>.Member other = Of(user, item, b, out T* otherRow);
                T slope = T.CreateSaturating(gradient * scale * scale * double.CreateTruncating(one.Value) * double.CreateTruncating(other.Value));
                Accumulate(slopes + (a * stride) + Place(other), otherRow + Place(one), slope);
                Accumulate(slopes + (b * stride) + Place(one), row + Place(other), slope);
            }
        }

        for (int a = 0; a < count; a++)
        {
            int row = Of(user, item, a, out _).Row;
            for (int field = 0; field < _fields; field++)
            {
                if (Meets(user, item, a, field)) Table.StepPart(row, slopes + (a * stride), field * _factors, _factors);
            }

            if (_linear) Table.StepPart(row, slopes + (a * stride), weight, 1);
        }

        if (!_linear) return;
        slopes[weight] = T.CreateSaturating(gradient);
        Table.StepPart(AdmitIntercept(), slopes, weight, 1);
    }

    private protected override int CountBetter(int item, MarkedItems excluded, int limit)
    {
        double score = ScoreOf(item);
        int better = 0;
        for (int other = 0; other < ItemCount && better < limit; other++)
        {
            if (other == item || excluded.Contains(other)) continue;
            double compared = ScoreOf(other);
            if (compared > score || (compared.Equals(score) && other < item)) better++;
        }

        return better;
    }

    private protected override double Collect(MarkedItems excluded, ref TopItems best)
    {
        for (int item = 0; item < ItemCount; item++)
        {
            if (!excluded.Contains(item)) best.Offer(item, ScoreOf(item));
        }

        return 0;
    }

    private protected override void SaveShape(ref StateWriter writer)
    {
        writer.Shape("loss", (long)_loss);
        writer.Shape("fields", _fields);
        writer.Shape("factors of a field", _factors);
        writer.Shape("linear", _linear ? 1 : 0);
        writer.Shape("normalize", _normalize ? 1 : 0);
    }

    private protected override void RestoreShape(ref StateReader reader)
    {
        reader.Shape("loss", (long)_loss);
        reader.Shape("fields", _fields);
        reader.Shape("factors of a field", _factors);
        reader.Shape("linear", _linear ? 1 : 0);
        reader.Shape("normalize", _normalize ? 1 : 0);
    }

    private protected override void DisposeLearner() => _gradients.Dispose();

    private static FeatureLayout Layout(FfmOptions options) => new(
        options.Fields * options.Factors,
        new FeatureRates(FeatureOptimizer.Adagrad, options.LearningRate, options.WeightLearningRate, options.Regularization, options.WeightRegularization),
        options.Intercept,
        Identity: true,
        Histories: options.Loss == FmLoss.Logistic);

    private static FeatureSide<T>.Member Of(FeatureSide<T> user, FeatureSide<T> item, int member, out T* row)
    {
        bool isUser = member < user.Count;
        if (!isUser) member -= user.Count;
        row = isUser ? user.Loaded(member) : item.Loaded(member);
        return isUser ? user.Members[member] : item.Members[member];
    }

    private double ScoreOf(int item)
    {
        Look(OtherSide, item);
        double score = Predict(UserSide, OtherSide);
        return double.IsFinite(score) ? score : double.NegativeInfinity;
    }

    // 1 over the length of the example's vector of values.
    private double Scale(FeatureSide<T> user, FeatureSide<T> item)
    {
        if (!_normalize) return 1;
        double sum = 0;
        foreach (ref readonly FeatureSide<T>.Member member in user.Members) sum += double.CreateTruncating(member.Value) * double.CreateTruncating(member.Value);
        foreach (ref readonly FeatureSide<T>.Member member in item.Members) sum += double.CreateTruncating(member.Value) * double.CreateTruncating(member.Value);
        return 1 / Math.Sqrt(sum);
    }

    private int Field(in FeatureSide<T>.Member member) =>
        member.Field < _fields ? member.Field : FeatureFields.Context + ((member.Field - FeatureFields.Context) % (_fields - FeatureFields.Context));

    // Where in a row the latents for this member's field begin.
    private int Place(in FeatureSide<T>.Member member) => Field(member) * _factors;

    // Whether a member meets another one of this field.
    private bool Meets(FeatureSide<T> user, FeatureSide<T> item, int member, int field)
    {
        for (int b = 0; b < user.Count + item.Count; b++)
        {
            if (b != member && Field(Of(user, item, b, out _)) == field) return true;
        }

        return false;
    }

    private double Product(T* a, T* b)
    {
        double sum = 0;
        for (int t = 0; t < _factors; t++) sum += double.CreateTruncating(a[t]) * double.CreateTruncating(b[t]);
        return sum;
    }

    private void Accumulate(T* to, T* from, T step)
    {
        for (int t = 0; t < _factors; t++) to[t] += step * from[t];
    }
}
