using Streaming.Abstractions.State;

namespace Streaming.Operators.Models;

/// <content>The state: saved, restored, forgotten, given back.</content>
public abstract unsafe partial class FeatureRecommender<T>
{
    /// <summary>
    /// Erases the user's bucket and history; scores for them are those of a user not seen yet. What another feature in the same bucket had learned goes with it. What items, features and
    /// the intercept have learned of the user stays: it is a sum over all users.
    /// </summary>
    /// <inheritdoc/>
    public void Forget(ulong user)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        int row = _users.Free(user);
        if (row < 0) return;
        _history?.Forget(row);
        Erase(row);
        GC.KeepAlive(this);
    }

    /// <inheritdoc/>
    public void Freeze(long epoch)
    {
    }

    /// <inheritdoc/>
    public void Save(ref StateWriter writer)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        writer.Shape("ranking", _ranking ? 1 : 0);
        writer.Shape("buckets", _hash.Intercept - 1);
        writer.Shape("hash", (long)_seed);
        writer.Shape("optimizer", (long)_layout.Rates.Optimizer);
        _draws.SaveShape(ref writer);
        SaveShape(ref writer);
        writer.Write(_events);
        Table.Save(ref writer);
        _users.Save(ref writer);
        _items.Save(ref writer);
        _history?.Save(ref writer, _users.Count);
        _draws.Save(ref writer);
    }

    /// <inheritdoc/>
    public void Restore(ref StateReader reader, int version)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        reader.Shape("ranking", _ranking ? 1 : 0);
        reader.Shape("buckets", _hash.Intercept - 1);
        reader.Shape("hash", (long)_seed);
        reader.Shape("optimizer", (long)_layout.Rates.Optimizer);
        _draws.RestoreShape(ref reader);
        RestoreShape(ref reader);
        _events = reader.ReadCount();
        Table.Restore(ref reader);
        _users.Restore(ref reader, frees: true, hasNumbers: false);
        _items.Restore(ref reader);
        _history?.Restore(ref reader, _users.Count);
        _draws.Restore(ref reader);
        for (int user = 0; user < _users.Count; user++) _userBuckets[user] = _hash.User(_users.Key(user));
        for (int item = 0; item < _items.Count; item++) List(item);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        DisposeLearner();
        Table.Dispose();
        _users.Dispose();
        _items.Dispose();
        _history?.Dispose();
        _itemFeatures.Dispose();
        _userBuckets.Dispose();
        _draws.Dispose();
        UserSide.Dispose();
        ItemSide.Dispose();
        OtherSide.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Writes the options that give the state its meaning.</summary>
    private protected virtual void SaveShape(ref StateWriter writer)
    {
    }

    private protected virtual void RestoreShape(ref StateReader reader)
    {
    }

    /// <summary>Gives back what the learner itself has taken.</summary>
    private protected virtual void DisposeLearner()
    {
    }
}
