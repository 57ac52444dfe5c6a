using System.Runtime.CompilerServices;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <content>Admission to rows: learned from under whose key, and what that leaves out.</content>
public abstract unsafe partial class FactorRecommender<T>
{
    private const ulong UserSightings = 1;
    private const ulong ItemSightings = 2;

    private readonly RowAdmission? _userAdmission;
    private readonly RowAdmission? _itemAdmission;

    /// <inheritdoc/>
    public long? SharedEvents => _userAdmission is null ? null : _userAdmission.Shared + _itemAdmission!.Shared;

    private static AdmissionOptions? AdmissionOf(RecommenderOptions options) => (options as IAdmittingOptions)?.Admission is { Waits: true } admission ? admission : null;

    // What is met by a bucket, or is one, is in no history: it is no candidate either.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private double AdmitSighted(in Example example)
    {
        _refit?.Begin();
        ulong userKey = _userAdmission!.Sight(example.User), itemKey = _itemAdmission!.Sight(example.Item);
        int user = UserTable.FindOrAdd(userKey, out Admission userAdmission);
        int item = ItemTable.FindOrAdd(itemKey, out Admission itemAdmission);
        if (_history is not null) Welcome(user, userAdmission, item, itemAdmission);
        double score = _refit is null ? Train(user, item, example) : _refit.Train(user, userAdmission, item, itemAdmission, example);
        if (_isPacked) Close();
        if (_history is not null && !RowAdmission.IsBucket(userKey) && !RowAdmission.IsBucket(itemKey)) _history.Add(user, item);
        Refresh(item);
        GC.KeepAlive(this);
        return score;
    }

    private static int RowOf(EmbeddingTable<T> table, RowAdmission? admission, ulong key) => admission is null ? table.Entities.Find(key) : admission.RowOf(key);

    private void SaveAdmission(ref StateWriter writer)
    {
        _userAdmission?.Save(ref writer);
        _itemAdmission?.Save(ref writer);
    }

    private void RestoreAdmission(ref StateReader reader)
    {
        _userAdmission?.Restore(ref reader);
        _itemAdmission?.Restore(ref reader);
    }

    private void DisposeAdmission()
    {
        _userAdmission?.Dispose();
        _itemAdmission?.Dispose();
    }
}
