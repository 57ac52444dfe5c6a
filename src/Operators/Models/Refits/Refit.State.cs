using Streaming.Abstractions.State;

namespace Streaming.Operators.Models.Refits;

/// <content>State.</content>
internal sealed partial class Refit<T>
{
    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("kept", (long)_options.Keep);
        writer.Shape("events kept", _options.Capacity);
        writer.Shape("re-fit method", (long)_options.Method);
        writer.Write(_events);
        writer.Write(_refits);
        writer.Write(_won);
        writer.Write(_lastLive);
        writer.Write(_lastCandidate);
        _samples.Save(ref writer);
        writer.Write(_phase);
        switch (_phase)
        {
            case RefitPhase.Fitting:
                writer.Write(_epoch);
                writer.Write(_length);
                writer.Write(_itemsTurn);
                writer.Write(_position);
                writer.Write(_credit);
                break;
            case RefitPhase.Judging:
                _trial.Save(ref writer);
                break;
            case RefitPhase.TakingOver:
                writer.Write(_itemsTurn);
                writer.Write(_position);
                break;
        }

        _users.Save(ref writer);
        _items.Save(ref writer);
    }

    /// <summary>Becomes what was saved, for the entities that there now are, and has the tables show the rows that serve.</summary>
    public void Restore(ref StateReader reader)
    {
        reader.Shape("kept", (long)_options.Keep);
        reader.Shape("events kept", _options.Capacity);
        reader.Shape("re-fit method", (long)_options.Method);
        (_events, _refits, _won) = (reader.ReadCount(), reader.ReadCount(), reader.ReadCount());
        if (_won > _refits) throw new StateMismatchException($"The snapshot has {_won} re-fits taken over of {_refits}.");
        (_lastLive, _lastCandidate) = (reader.ReadFinite(), reader.ReadFinite());
        _samples.Restore(ref reader);
        _phase = reader.Read<RefitPhase>();
        switch (_phase)
        {
            case RefitPhase.Fitting:
                _epoch = reader.ReadLength(MostEpochs);
                _length = reader.ReadLength(_samples.Used);
                _itemsTurn = reader.ReadBool();
                _position = reader.Read<int>();
                _credit = reader.Read<long>();
                break;
            case RefitPhase.Judging:
                _trial.Restore(ref reader);
                break;
            case RefitPhase.TakingOver:
                _itemsTurn = reader.ReadBool();
                _position = reader.Read<int>();
                break;
            case RefitPhase.Idle or RefitPhase.Copying:
                break;
            default:
                throw new StateMismatchException($"The snapshot has a re-fit in phase {_phase}.");
        }

        _users.Restore(ref reader);
        _items.Restore(ref reader);
        CheckProgress();
        End();
    }

    private void CheckProgress()
    {
        if (_phase == RefitPhase.Idle)
        {
            if (_users.Count + (long)_items.Count > 0) throw new StateMismatchException("The snapshot has rows of a candidate, and no re-fit.");
            return;
        }

        if (_phase == RefitPhase.Copying)
        {
            if (_items.Count > 0 && !_users.IsComplete) throw new StateMismatchException("The snapshot has a candidate with items before all its users.");
            return;
        }

        if (!_users.IsComplete || !_items.IsComplete) throw new StateMismatchException($"The snapshot has a candidate of {_users.Count} users and {_items.Count} items, and a model of others.");
        if (_phase == RefitPhase.Judging) return;
        int end = _phase == RefitPhase.Fitting && _solver is null ? _length : (_itemsTurn ? _items : _users).Count;
        if (_phase == RefitPhase.Fitting && _solver is not null) end--;
        if (_position < 0 || _position > end || Math.Abs(_credit) > MostCredit) throw new StateMismatchException($"The snapshot has a re-fit at {_position} of {end}, with {_credit} to go on.");
    }
}
