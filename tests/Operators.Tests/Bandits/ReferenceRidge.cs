using MathNet.Numerics.LinearAlgebra;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Operators.Bandits.Linear;

namespace Streaming.Operators.Tests.Bandits;

/// <summary>The textbook's disjoint LinUCB: A and b of each arm over all slots, solved anew for every score.</summary>
internal sealed class ReferenceRidge(int dimensions, double lambda, double alpha) : IDisposable
{
    private readonly FeatureMap _slots = new(dimensions, FeatureOrigin.Both, intercept: true);
    private readonly Dictionary<ulong, (Matrix<double> A, Vector<double> B)> _arms = [];

    public double Score(in Decision decision, int action)
    {
        Vector<double> x = X(decision, action);
        (Matrix<double> a, Vector<double> b) = Arm(decision.Actions[action].Id);
        Vector<double> solved = a.Cholesky().Solve(x);
        return (solved * b) + (alpha * Math.Sqrt(solved * x));
    }

    public void Learn(in Decision decision, int action, double reward, double weight)
    {
        Vector<double> x = X(decision, action);
        (Matrix<double> a, Vector<double> b) = Arm(decision.Actions[action].Id);
        _arms[decision.Actions[action].Id] = (a + (weight * x.OuterProduct(x)), b + (weight * reward * x));
    }

    public void Forget(ulong action) => _arms.Remove(action);

    public void Dispose() => _slots.Dispose();

    private (Matrix<double> A, Vector<double> B) Arm(ulong id) => _arms.TryGetValue(id, out (Matrix<double> A, Vector<double> B) arm)
        ? arm
        : (Matrix<double>.Build.DenseDiagonal(dimensions + 1, lambda), Vector<double>.Build.Dense(dimensions + 1));

    private Vector<double> X(in Decision decision, int action)
    {
        Vector<double> x = Vector<double>.Build.Dense(dimensions + 1);
        x[dimensions] = 1;
        foreach (Feature feature in decision.Context) x[_slots.Slot(feature.Key, ofAction: false)] += feature.Value;
        foreach (Feature feature in decision.FeaturesOf(action)) x[_slots.Slot(feature.Key, ofAction: true)] += feature.Value;
        return x;
    }
}
