using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Randomness;
using Streaming.Host.Configuration;

namespace Streaming.Host.Evaluate;

/// <summary>
/// The items that a held-out one is ranked among, instead of all: drawn ones that the user has not met, without repetition, the same for every model; or those of a file. A line of the
/// file is <c>(user,item)</c> and then the negatives of that pair, as He et al. 2017 ("Neural collaborative filtering") publish them, or a user and then the negatives of all of the
/// user's items; tabs, commas or blanks between.
/// </summary>
internal sealed class Negatives
{
    private readonly Dictionary<(ulong User, ulong Item), ulong[]> _listed = [];
    private readonly Dictionary<ulong, HashSet<ulong>> _met = [];
    private readonly ulong[] _items;
    private readonly int _drawn;
    private readonly ulong _seed;

    /// <summary>Negatives as the arguments say.</summary>
    /// <param name="arguments">The file, or how many are drawn.</param>
    /// <param name="split">The log: its items are drawn from, less those that the user has in it.</param>
    /// <param name="names">Gives ids their keys.</param>
    /// <exception cref="ConfigurationException">A line of the file cannot be understood.</exception>
    public Negatives(EvaluateArguments arguments, HeldOut split, EntityKeyCodec names)
    {
        (_drawn, _seed) = (arguments.Negatives, CounterRng.Derive(arguments.Seed, "negatives"));
        HashSet<ulong> items = [];
        foreach (Interaction e in split.Log.Events)
        {
            if (split.Trained[(int)e.Number]) items.Add(e.Item);
            if (!_met.TryGetValue(e.User, out HashSet<ulong>? met)) _met[e.User] = met = [];
            met.Add(e.Item);
        }

        _items = [.. items.Order()];
        if (arguments.NegativesFile is { } file) Read(file, names);
    }

    /// <summary>The negatives of a held-out item; null where the file has none.</summary>
    public ulong[]? Of(ulong user, ulong item) =>
        _drawn > 0 ? Draw(user, item) : _listed.GetValueOrDefault((user, item)) ?? _listed.GetValueOrDefault((user, EntityKeyCodec.None));

    // The first of a shuffle (Fisher, Yates) of the items the user has not met; all of them where there are no more.
    private ulong[] Draw(ulong user, ulong item)
    {
        HashSet<ulong> met = _met[user], taken = [];
        int open = _items.Length - met.Count(i => Array.BinarySearch(_items, i) >= 0);
        if (open <= 2 * _drawn) return Shuffled([.. _items.Where(i => !met.Contains(i))], user, item);
        CounterRng rng = new(_seed, user, item);
        while (taken.Count < _drawn)
        {
            ulong drawn = _items[rng.NextBelow((ulong)_items.Length)];
            if (!met.Contains(drawn)) taken.Add(drawn);
        }

        return [.. taken];
    }

    private ulong[] Shuffled(ulong[] open, ulong user, ulong item)
    {
        CounterRng rng = new(_seed, user, item);
        int count = Math.Min(_drawn, open.Length);
        for (int i = 0; i < count; i++)
        {
            int other = i + (int)rng.NextBelow((ulong)(open.Length - i));
            (open[i], open[other]) = (open[other], open[i]);
        }

        return open[..count];
    }

    private void Read(string file, EntityKeyCodec names)
    {
        int number = 0;
        foreach (string line in File.ReadLines(file))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line)) continue;
            string pair = "", rest = line.Trim();
            if (rest[0] == '(' && rest.IndexOf(')') is > 0 and int end) (pair, rest) = (rest[1..end], rest[(end + 1)..]);
            ulong[] ids = [.. rest.Split(['\t', ' ', ','], StringSplitOptions.RemoveEmptyEntries).Select(names.KeyOf)];
            string[] head = pair.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (head.Length is not (0 or 2) || (head.Length == 0 && pair.Length > 0) || ids.Length < (head.Length == 2 ? 1 : 2) || ids.Contains(EntityKeyCodec.None))
                throw new ConfigurationException("--negatives", $"line {number} of {file} is neither '(user,item) negative ...' nor 'user negative ...'");
            if (head.Length == 2) _listed[(names.KeyOf(head[0]), names.KeyOf(head[1]))] = ids;
            else _listed[(ids[0], EntityKeyCodec.None)] = ids[1..];
        }
    }
}
