using System.Numerics;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>
/// Steps on rows of parameters by one of the <see cref="FeatureOptimizer"/>s. A row is the parameters, latents and then the weight, padded to a multiple of 16, and
/// behind them as many numbers again for each sum that the optimizer keeps of every parameter: none (sgd), squared gradients (adagrad), or squared gradients and z (ftrl).
/// </summary>
/// <remarks>
/// With squared gradients n, gradient g, rate a, ftrl: z += g - ((sqrt(n + g^2) - sqrt n) / a) v, n += g^2, then v = 0 where |z| is at most l1, else
/// -(z - sign(z) l1) / ((beta + sqrt n) / a + l2). A parameter without a gradient so far has the z that gives it the value it has. Each parameter on its own, by operations that are
/// exactly rounded: the same to the last bit at every vector width. O(parameters). One caller at a time.
/// </remarks>
internal sealed unsafe class FeatureStep<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    private readonly FeatureOptimizer _kind;
    private readonly int _stride;
    private readonly NativeBuffer<T> _rates;
    private readonly NativeBuffer<T> _penalties;
    private readonly T _l1;
    private readonly T _beta;

    /// <summary>Steps on rows of <paramref name="latents"/> latents and a weight.</summary>
    public FeatureStep(int latents, FeatureRates rates)
    {
        (_kind, _stride) = (rates.Optimizer, FactorKernel<T>.Stride(latents + 1));
        (_l1, _beta) = (T.CreateTruncating(rates.L1), T.CreateTruncating(rates.Beta));
        (_rates, _penalties) = (new NativeBuffer<T>(_stride), new NativeBuffer<T>(_stride));
        _rates.AsSpan(0, _stride).Fill(T.CreateTruncating(rates.LearningRate));
        _penalties.AsSpan(0, _stride).Fill(T.CreateTruncating(rates.Regularization));
        _rates[latents] = T.CreateTruncating(rates.WeightLearningRate);
        _penalties[latents] = T.CreateTruncating(rates.WeightRegularization);
    }

    /// <summary>Numbers of a row for each parameter.</summary>
    public static int Slots(FeatureOptimizer kind) => kind switch
    {
        FeatureOptimizer.Sgd => 1,
        FeatureOptimizer.Adagrad => 2,
        _ => 3,
    };

    /// <summary>One step; says whether the row is still sound: parameters below <see cref="FactorKernel{T}.Limit"/>, sums finite.</summary>
    public bool Take(T* row, T* gradient)
    {
        bool sound = _kind switch
        {
            FeatureOptimizer.Sgd => Sgd(row, gradient),
            FeatureOptimizer.Adagrad => Adagrad(row, gradient),
            _ => Ftrl(row, gradient),
        };
        GC.KeepAlive(this);
        return sound;
    }

    /// <summary>One step of adagrad on some parameters only.</summary>
    public bool TakePart(T* row, T* gradient, int first, int count)
    {
        T* rates = _rates.Pointer, penalties = _penalties.Pointer, squares = row + _stride;
        bool sound = true;
        for (int i = first; i < first + count; i++)
        {
            T slope = gradient[i] + (penalties[i] * row[i]);
            squares[i] += slope * slope;
            row[i] -= rates[i] * slope / T.Sqrt(T.One + squares[i]);
            sound &= T.Abs(row[i]) < FactorKernel<T>.Limit && T.IsFinite(squares[i]);
        }

        GC.KeepAlive(this);
        return sound;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _rates.Dispose();
        _penalties.Dispose();
    }

    private bool Sgd(T* row, T* gradient)
    {
        T* rates = _rates.Pointer, penalties = _penalties.Pointer;
        bool sound = true;
        for (int i = 0; i < _stride; i += Vector<T>.Count)
        {
            Vector<T> value = Vector.Load(row + i);
            Vector<T> moved = value - (Vector.Load(rates + i) * (Vector.Load(gradient + i) + (Vector.Load(penalties + i) * value)));
            Vector.Store(moved, row + i);
            sound &= IsSound(moved);
        }

        return sound;
    }

    private bool Adagrad(T* row, T* gradient)
    {
        T* rates = _rates.Pointer, penalties = _penalties.Pointer, squares = row + _stride;
        bool sound = true;
        for (int i = 0; i < _stride; i += Vector<T>.Count)
        {
            Vector<T> value = Vector.Load(row + i), slope = Vector.Load(gradient + i) + (Vector.Load(penalties + i) * value);
            Vector<T> sum = Vector.Load(squares + i) + (slope * slope);
            Vector<T> moved = value - (Vector.Load(rates + i) * slope / Vector.SquareRoot(Vector<T>.One + sum));
            Vector.Store(moved, row + i);
            Vector.Store(sum, squares + i);
            sound &= IsSound(moved) & IsFinite(sum);
        }

        return sound;
    }

    private bool Ftrl(T* row, T* gradient)
    {
        T* rates = _rates.Pointer, penalties = _penalties.Pointer, squares = row + _stride, linear = squares + _stride;
        Vector<T> l1 = new(_l1), beta = new(_beta);
        bool sound = true;
        for (int i = 0; i < _stride; i += Vector<T>.Count)
        {
            Vector<T> value = Vector.Load(row + i), slope = Vector.Load(gradient + i), rate = Vector.Load(rates + i), l2 = Vector.Load(penalties + i);
            Vector<T> before = Vector.Load(squares + i), sum = before + (slope * slope);
            Vector<T> start = -(value * ((beta / rate) + l2)) - Vector.ConditionalSelect(Vector.Equals(value, Vector<T>.Zero), Vector<T>.Zero, Vector.CopySign(l1, value));
            Vector<T> z = Vector.ConditionalSelect(Vector.Equals(before, Vector<T>.Zero), start, Vector.Load(linear + i));
            z += slope - ((Vector.SquareRoot(sum) - Vector.SquareRoot(before)) / rate * value);
            Vector<T> active = (Vector.CopySign(l1, z) - z) / (((beta + Vector.SquareRoot(sum)) / rate) + l2);
            Vector<T> moved = Vector.ConditionalSelect(Vector.LessThanOrEqual(Vector.Abs(z), l1), Vector<T>.Zero, active);
            Vector.Store(moved, row + i);
            Vector.Store(sum, squares + i);
            Vector.Store(z, linear + i);
            sound &= IsSound(moved) & IsFinite(sum) & IsFinite(z);
        }

        return sound;
    }

    private static bool IsSound(Vector<T> values) => Vector.LessThanAll(Vector.Abs(values), new Vector<T>(FactorKernel<T>.Limit));

    private static bool IsFinite(Vector<T> values) => Vector.LessThanAll(Vector.Abs(values), new Vector<T>(T.One / T.Zero));
}

/// <summary>What a <see cref="FeatureStep{T}"/> is made of.</summary>
/// <param name="Optimizer">The rule.</param>
/// <param name="LearningRate">Rate of latents.</param>
/// <param name="WeightLearningRate">Rate of weights.</param>
/// <param name="Regularization">l2 penalty on latents.</param>
/// <param name="WeightRegularization">l2 penalty on weights.</param>
/// <param name="L1">l1 penalty, for ftrl.</param>
/// <param name="Beta">How slowly rates fall at first, for ftrl, above 0.</param>
internal readonly record struct FeatureRates(
    FeatureOptimizer Optimizer,
    double LearningRate,
    double WeightLearningRate,
    double Regularization,
    double WeightRegularization,
    double L1 = 0,
    double Beta = 1);
