using Streaming.Abstractions.Reports;
using Streaming.Abstractions.State;

namespace Streaming.Operators.Evaluation;

/// <summary>What is measured of the events of one age class.</summary>
internal interface IAgeMeasure
{
    /// <summary>Says what was measured, with <paramref name="ending"/> after each name.</summary>
    void Report(StageReport report, string ending);

    /// <summary>Writes the state.</summary>
    void Save(ref StateWriter writer);

    /// <summary>Becomes what was saved.</summary>
    void Restore(ref StateReader reader);
}

/// <summary>Measures by the age of the user and by the age of the item (<see cref="AgeClasses"/>). Expected O(1) an event.</summary>
/// <remarks>One caller at a time. State: the counts of users and of items, then the measures by class, those of users first.</remarks>
/// <typeparam name="T">What is measured of a class.</typeparam>
internal sealed class AgedEvents<T> : IDisposable
    where T : IAgeMeasure
{
    private readonly AgeCounts _users;
    private readonly AgeCounts _items;
    private readonly T[] _byUser;
    private readonly T[] _byItem;

    /// <summary>Measures of no events.</summary>
    /// <param name="users">Most users counted.</param>
    /// <param name="items">Most items counted.</param>
    /// <param name="create">Makes the measure of a class.</param>
    public AgedEvents(int users, int items, Func<T> create)
    {
        (_users, _items) = (new AgeCounts(users), new AgeCounts(items));
        _byUser = [.. AgeClasses.Names.Select(_ => create())];
        _byItem = [.. AgeClasses.Names.Select(_ => create())];
    }

    /// <summary>Most bytes, those of the measures left out.</summary>
    public static long BytesFor(int users, int items) => AgeCounts.BytesFor(users) + AgeCounts.BytesFor(items) + 256;

    /// <summary>Counts an event; gives the measures of its user's and of its item's class.</summary>
    public (T User, T Item) Of(ulong user, ulong item) => (_byUser[AgeClasses.Of(_users.Count(user))], _byItem[AgeClasses.Of(_items.Count(item))]);

    /// <summary>Erases how many events a user has had.</summary>
    public void Forget(ulong user) => _users.Forget(user);

    /// <summary>Says what was measured.</summary>
    public void Report(StageReport report)
    {
        for (int age = 0; age < _byUser.Length; age++) _byUser[age].Report(report, "_user_" + AgeClasses.Names[age]);
        for (int age = 0; age < _byItem.Length; age++) _byItem[age].Report(report, "_item_" + AgeClasses.Names[age]);
        report.Set("forgotten_users", _users.Forgotten);
        report.Set("forgotten_items", _items.Forgotten);
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        _users.Save(ref writer);
        _items.Save(ref writer);
        foreach (T measure in _byUser) measure.Save(ref writer);
        foreach (T measure in _byItem) measure.Save(ref writer);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        _users.Restore(ref reader);
        _items.Restore(ref reader);
        foreach (T measure in _byUser) measure.Restore(ref reader);
        foreach (T measure in _byItem) measure.Restore(ref reader);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _users.Dispose();
        _items.Dispose();
    }
}
