using System.Numerics;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models.Refits;

/// <summary>
/// Solves for a row and its bias, all others being fixed, to the events kept of it: the minimum of the sum of w (target - other bias - bias - x.row)^2 + l2 row^2 + bias l2 bias^2 over them, x being the row of the
/// other side (Zhou, Wilkinson, Schreiber, Pan 2008, section 3.1, with weights).
/// </summary>
/// <remarks>
/// Of a row with more than <see cref="Most"/> events the newest count. O(events x factors^2 + factors^3). The bias is solved for as a further factor of a row whose other side has 1 in its place. One caller at a time; no state.
/// </remarks>
internal sealed unsafe class RowSolver<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Most events of a row that are looked at: a bound on what one row takes.</summary>
    public const int Most = 4096;

    private readonly IRefitModel<T> _model;
    private readonly SampleStore _samples;
    private readonly RefitShape _shape;
    private readonly NormalEquations<T> _equations;
    private readonly NativeBuffer<double> _penalties;
    private readonly NativeBuffer<T> _row;
    private readonly int _factors;
    private readonly int _unknowns;

    /// <summary>Solves for rows of <paramref name="model"/> to events of <paramref name="samples"/>.</summary>
    public RowSolver(IRefitModel<T> model, SampleStore samples, RefitShape shape)
    {
        (_model, _samples, _shape, _factors) = (model, samples, shape, model.UserTable.Factors);
        _unknowns = Unknowns(_factors, shape);
        _equations = new NormalEquations<T>(_unknowns);
        _penalties = new NativeBuffer<double>((long)_unknowns * FactorKernel<double>.Stride(_unknowns));
        _row = new NativeBuffer<T>(FactorKernel<T>.Stride(_unknowns));
    }

    /// <summary>Bytes for rows of this shape.</summary>
    public static long BytesFor(int factors, RefitShape shape)
    {
        int unknowns = Unknowns(factors, shape);
        return NormalEquations<T>.BytesFor(unknowns) + ((long)sizeof(double) * unknowns * FactorKernel<double>.Stride(unknowns)) + ((long)sizeof(T) * FactorKernel<T>.Stride(unknowns));
    }

    /// <summary>Solves for a user's row, or an item's; returns how many events it has. A row without events, or without a sound solution, stays.</summary>
    public int Solve(bool ofItem, int row)
    {
        int count = Count(ofItem, row);
        if (count == 0) return 0;
        Start(count);
        int slot = Newest(ofItem, row);
        for (int left = count; left > 0; left--, slot = Older(ofItem, slot))
        {
            _samples.TryGet(slot, out RefitSample sample);
            EmbeddingTable<T> others = ofItem ? _model.UserTable : _model.ItemTable;
            int other = ofItem ? sample.User : sample.Item;
            new Span<T>(others.Row(other), _factors).CopyTo(_row.AsSpan(0, _factors));
            double target = _model.Target(sample.Value);
            if (_shape.Biases) (target, _row[_factors]) = (target - others.Bias(other), T.One);
            _equations.Add(_row.Pointer, sample.Weight, sample.Weight * target);
        }

        EmbeddingTable<T> own = ofItem ? _model.ItemTable : _model.UserTable;
        if (!_equations.TrySolve(_row.Pointer)) return count;
        _row.AsSpan(0, _factors).CopyTo(new Span<T>(own.Row(row), _factors));
        if (_shape.Biases) own.Bias(row) = double.CreateTruncating(_row[_factors]);
        return count;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _equations.Dispose();
        _penalties.Dispose();
        _row.Dispose();
    }

    private static int Unknowns(int factors, RefitShape shape) => factors + (shape.Biases ? 1 : 0);

    // The penalty of the bias differs from that of the factors, which the equations add everywhere.
    private void Start(int count)
    {
        if (_shape.Biases) _penalties[(_unknowns * FactorKernel<double>.Stride(_unknowns)) - FactorKernel<double>.Stride(_unknowns) + _factors] = count * (_shape.BiasPenalty - _shape.Penalty);
        _equations.Start(_penalties, count * _shape.Penalty);
    }

    private int Count(bool ofItem, int row)
    {
        int count = 0;
        for (int slot = Newest(ofItem, row); slot >= 0 && count < Most; slot = Older(ofItem, slot)) count++;
        return count;
    }

    private int Newest(bool ofItem, int row) => ofItem ? _samples.NewestOfItem(row) : _samples.NewestOfUser(row);

    private int Older(bool ofItem, int slot) => ofItem ? _samples.OlderOfItem(slot) : _samples.OlderOfUser(slot);
}
