using Streaming.Operators.Models;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Tests.Models;

/// <summary>What the alternating learners share, written plainly: rows, and the pairs that are kept, in the order of the first meeting.</summary>
internal sealed class PlainAlternating(AlternatingOptions options, NormalRows<double> userRows, NormalRows<double> itemRows)
{
    private readonly List<(int Number, ulong User, ulong Item, double Weight)> _pairs = [];
    private int _numbers;

    public PlainRows Users { get; private set; } = new(userRows, options.Factors);

    public PlainRows Items { get; } = new(itemRows, options.Factors);

    public void Meet(ulong user, ulong item, double weight)
    {
        (_, _) = (Users[user], Items[item]);
        int at = _pairs.FindIndex(p => p.User == user && p.Item == item);
        if (at >= 0)
        {
            _pairs[at] = _pairs[at] with { Weight = _pairs[at].Weight + weight };
            return;
        }

        if (_pairs.Count(p => p.User == user) == options.UserHistory) _pairs.Remove(_pairs.First(p => p.User == user));
        _pairs.RemoveAll(p => p.Number == _numbers - options.Interactions);
        _pairs.Add((_numbers++, user, item, weight));
    }

    public void Forget(ulong user)
    {
        _pairs.RemoveAll(p => p.User == user);
        PlainRows without = new(userRows, options.Factors);
        foreach ((ulong key, double[] row) in Users.All)
        {
            if (key != user) row.CopyTo(without[key], 0);
        }

        Users = without;
    }

    public double Score(ulong user, ulong item) => PlainRows.Dot(Users.Peek(user), Items.Peek(item));

    /// <summary>The weights of the user's items.</summary>
    public Dictionary<ulong, double> OfUser(ulong user) => _pairs.Where(p => p.User == user).ToDictionary(p => p.Item, p => p.Weight);

    /// <summary>The weights of the item's newest users.</summary>
    public Dictionary<ulong, double> OfItem(ulong item) => _pairs.Where(p => p.Item == item).TakeLast(options.ItemHistory).ToDictionary(p => p.User, p => p.Weight);
}
