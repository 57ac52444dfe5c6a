using System.Numerics;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Reports;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models.Refits;

/// <summary>
/// Fits a candidate beside a model again and again: a copy of the model's rows, fitted to the events kept, judged beside the model on the events that come, and taken over or dropped.
/// </summary>
/// <remarks>
/// <para>All work is done in slices, with the events that come: <see cref="RowsAtOnce"/> rows are copied with each, or as many events kept are fitted to as the options say, where solving for a row counts as its
/// events and a third of its factors more. From the moment it is copied the candidate learns each event that comes, by the model's rule, so that it never lags behind. Mean and histories are the model's.</para>
/// <para>A row of at most 4,096 events is the longest piece of work; with ranking, the moment of taking over is another: what items are ordered by is made anew, O(items x factors).</para>
/// <para>One caller at a time. State: counts, the losses of the last trial, events kept, progress, and the candidate's rows.</para>
/// </remarks>
internal sealed partial class Refit<T> : IDisposable
    where T : unmanaged, IFloatingPointIeee754<T>
{
    /// <summary>Rows of users and items that are copied with each event.</summary>
    public const int RowsAtOnce = 64;

    private const int EmptyRowsAtOnce = 64;
    private const int MostEpochs = 1024;
    private const long MostCredit = 1L << 40;

    private readonly IRefitModel<T> _model;
    private readonly RefitOptions _options;
    private readonly SampleStore _samples;
    private readonly SpareRows<T> _users;
    private readonly SpareRows<T> _items;
    private readonly RowSolver<T>? _solver;
    private readonly ulong _shuffles;
    private readonly int _solving;
    private long _events;
    private long _refits;
    private long _won;
    private double _lastLive;
    private double _lastCandidate;
    private RefitPhase _phase;
    private RefitTrial _trial;
    private int _epoch;
    private int _length;
    private bool _itemsTurn;
    private int _position;
    private long _credit;

    /// <summary>Re-fits of <paramref name="model"/>, none of which has begun.</summary>
    public Refit(IRefitModel<T> model, RefitOptions options, RefitShape shape, ulong seed)
    {
        (_model, _options, _shuffles) = (model, options, CounterRng.Derive(seed, "shuffles"));
        _samples = new SampleStore(model.UserTable.Entities, model.ItemTable.Entities, options.Capacity, options.Keep, CounterRng.Derive(seed, "samples"));
        (_users, _items) = (new SpareRows<T>(model.UserTable), new SpareRows<T>(model.ItemTable));
        if (options.Method == RefitMethod.Als) _solver = new RowSolver<T>(model, _samples, shape);
        _solving = 1 + (model.UserTable.Factors / 3);
    }

    /// <summary>Most bytes of re-fits of a model of this shape; 0 where there are none.</summary>
    public static long BytesFor(RefitOptions options, int users, int items, int factors, RefitShape shape) => options.Every == 0 ? 0 :
        SampleStore.BytesFor(users, items, options.Capacity) + SpareRows<T>.BytesFor(users, factors) + SpareRows<T>.BytesFor(items, factors)
        + (options.Method == RefitMethod.Als ? RowSolver<T>.BytesFor(factors, shape) : 0);

    /// <summary>To be called before entities come or go: the tables show their own rows until <see cref="Train"/> has returned, or <see cref="End"/> was called.</summary>
    public void Begin()
    {
        if (_phase == RefitPhase.TakingOver) Hide();
    }

    /// <summary>To be called afterwards: the tables show the rows that serve.</summary>
    public void End()
    {
        if (_phase == RefitPhase.TakingOver) Show();
    }

    /// <summary>Has the model learn an event, and does a slice of what is to be done; returns the score before.</summary>
    public double Train(int user, Admission userAdmission, int item, Admission itemAdmission, in Example example)
    {
        if (userAdmission == Admission.Replaced) _samples.RemoveUser(user);
        if (itemAdmission == Admission.Replaced) _samples.RemoveItem(item);
        if (userAdmission != Admission.Known) Arrive(_users, user);
        if (itemAdmission != Admission.Known) Arrive(_items, item);
        double score = Learn(user, item, example);
        _samples.Add(user, item, example.Value, example.Weight);
        _events++;
        Work();
        End();
        return score;
    }

    /// <summary>The user's row was erased: so are the candidate's, and the user's events.</summary>
    public void Forget(int user)
    {
        _samples.RemoveUser(user);
        if (_phase != RefitPhase.Idle && user < _users.Count) _users.Take(user);
    }

    /// <summary>Adds how re-fits went: how many were judged, how many were taken over, and the mean losses in the last trial.</summary>
    public void Report(StageReport report)
    {
        report.Set("refits", _refits);
        report.Set("refits_won", _won);
        if (_refits == 0)
        {
            report.SetNull("refit_loss");
            report.SetNull("refit_live_loss");
            return;
        }

        report.Set("refit_loss", _lastCandidate);
        report.Set("refit_live_loss", _lastLive);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _samples.Dispose();
        _users.Dispose();
        _items.Dispose();
        _solver?.Dispose();
    }

    private ShuffledOrder Order => new(_shuffles + (ulong)((_refits * MostEpochs) + _epoch), _length);

    // Who comes while rows are being copied has a row further on; who gets another's has it anew.
    private void Arrive(SpareRows<T> rows, int row)
    {
        if (_phase != RefitPhase.Idle && (row < rows.Count || _phase != RefitPhase.Copying)) rows.Take(row);
    }

    private double Learn(int user, int item, in Example example)
    {
        double score, candidate;
        switch (_phase)
        {
            case RefitPhase.Copying:
                score = _model.Train(user, item, example);
                if (user < _users.Count) _users.Take(user);
                if (item < _items.Count) _items.Take(item);
                return score;
            case RefitPhase.Fitting:
                score = _model.Train(user, item, example);
                Rehearse(user, item, example);
                return score;
            case RefitPhase.Judging:
                Show();
                candidate = _model.Predict(user, item, example);
                Hide();
                score = _model.Train(user, item, example);
                Rehearse(user, item, example);
                _trial.Add(_model.Loss(score, example), _model.Loss(candidate, example));
                return score;
            case RefitPhase.TakingOver:
                _users.Touch(user);
                _items.Touch(item);
                Show();
                score = _model.Train(user, item, example);
                Hide();
                _users.Give(user);
                _items.Give(item);
                return score;
            default:
                return _model.Train(user, item, example);
        }
    }

    private void Rehearse(int user, int item, in Example example)
    {
        _model.Rehearse(Rehearsal.Event);
        Show();
        _users.Touch(user);
        _items.Touch(item);
        _model.Train(user, item, example);
        Hide();
        _model.Rehearse(Rehearsal.None);
    }

    private void Work()
    {
        switch (_phase)
        {
            case RefitPhase.Idle when _events % _options.Every == 0:
                _phase = RefitPhase.Copying;
                break;
            case RefitPhase.Copying:
                CopyRows();
                break;
            case RefitPhase.Fitting:
                Fit();
                break;
            case RefitPhase.Judging when _trial.Events >= _options.Window:
                Judge();
                break;
            case RefitPhase.TakingOver:
                GiveRows();
                break;
        }
    }

    private void CopyRows()
    {
        for (int left = RowsAtOnce; left > 0; left--)
        {
            if (!_users.IsComplete) _users.Take(_users.Count);
            else if (!_items.IsComplete) _items.Take(_items.Count);
            else break;
        }

        if (!_users.IsComplete || !_items.IsComplete) return;
        (_phase, _epoch, _credit) = (RefitPhase.Fitting, 0, 0);
        StartEpoch();
    }

    private void Fit()
    {
        _model.Rehearse(Rehearsal.Samples);
        Show();
        // In parts of an event kept, so that rows without events can be passed over quickly.
        _credit += (long)_options.Slice * EmptyRowsAtOnce;
        while (_credit > 0 && _epoch < _options.Epochs) _credit -= _solver is null ? Step() : SolveRow(_solver);
        Hide();
        _model.Rehearse(Rehearsal.None);
        if (_epoch >= _options.Epochs) (_phase, _trial) = (RefitPhase.Judging, default);
    }

    private long Step()
    {
        if (_position < _length && _samples.TryGet(Order[_position], out RefitSample sample))
        {
            _users.Touch(sample.User);
            _items.Touch(sample.Item);
            _model.Train(sample.User, sample.Item, ExampleOf(sample));
        }

        if (++_position >= _length) EndEpoch();
        return EmptyRowsAtOnce;
    }

    private Example ExampleOf(in RefitSample sample) => new()
    {
        User = _model.UserTable.Entities.Key(sample.User),
        Item = _model.ItemTable.Entities.Key(sample.Item),
        Value = sample.Value,
        Weight = sample.Weight,
    };

    private long SolveRow(RowSolver<T> solver)
    {
        (_itemsTurn ? _items : _users).Touch(_position);
        int events = solver.Solve(_itemsTurn, _position);
        if (++_position >= (_itemsTurn ? _items : _users).Count)
        {
            _position = 0;
            if (_itemsTurn) EndEpoch();
            else _itemsTurn = true;
        }

        return events == 0 ? 1 : (events + _solving) * (long)EmptyRowsAtOnce;
    }

    private void EndEpoch()
    {
        _epoch++;
        StartEpoch();
    }

    private void StartEpoch() => (_length, _itemsTurn, _position) = (_samples.Used, false, 0);

    private void Judge()
    {
        _refits++;
        (_lastLive, _lastCandidate) = (_trial.Live, _trial.Candidate);
        if (!_trial.IsWon(_options.Margin))
        {
            Finish();
            return;
        }

        _won++;
        (_phase, _itemsTurn, _position) = (RefitPhase.TakingOver, false, 0);
        Show();
        _model.RefreshAll();
        Hide();
    }

    private void GiveRows()
    {
        for (int left = RowsAtOnce; left > 0; left--)
        {
            if (!_itemsTurn && _position < _users.Count) _users.Give(_position++);
            else if (!_itemsTurn) (_itemsTurn, _position) = (true, 0);
            else if (_position < _items.Count) _items.Give(_position++);
            else break;
        }

        if (_itemsTurn && _position >= _items.Count) Finish();
    }

    private void Finish()
    {
        _phase = RefitPhase.Idle;
        _users.Clear();
        _items.Clear();
    }

    private void Show()
    {
        _users.Show();
        _items.Show();
    }

    private void Hide()
    {
        _users.Hide();
        _items.Hide();
    }
}
