using System.Text;

namespace Streaming.Ingest.Formats;

/// <summary>What a column of a csv holds.</summary>
internal enum ColumnRole : byte
{
    Skip,
    User,
    Item,
    Value,
    Time,
    Context,
}

/// <summary>What each column of a csv holds, in the order of the columns.</summary>
internal sealed class ColumnMap
{
    private static readonly string[] UserNames = ["user", "user_id", "userid"];
    private static readonly string[] ItemNames = ["item", "item_id", "itemid", "movieid", "movie_id"];
    private static readonly string[] ValueNames = ["rating", "value", "score", "count"];
    private static readonly string[] TimeNames = ["ts", "time", "timestamp"];

    private readonly ColumnRole[] _roles;
    private readonly ulong[] _keys;

    private ColumnMap(ColumnRole[] roles, ulong[] keys)
    {
        (_roles, _keys) = (roles, keys);
        HasUser = Array.IndexOf(roles, ColumnRole.User) >= 0;
        HasItem = Array.IndexOf(roles, ColumnRole.Item) >= 0;
        HasValue = Array.IndexOf(roles, ColumnRole.Value) >= 0;
    }

    /// <summary>user, item, value, ts: a csv that says nothing about itself.</summary>
    public static ColumnMap Default { get; } = Parse("user,item,value,ts");

    /// <summary>One role a column.</summary>
    public ReadOnlySpan<ColumnRole> Roles => _roles;

    /// <summary>Key of the feature that a context column is (<see cref="FeatureKeys.Of(ReadOnlySpan{byte})"/>).</summary>
    public ulong Key(int column) => _keys[column];

    /// <summary>Whether some column names the user.</summary>
    public bool HasUser { get; }

    /// <summary>Whether some column names the item.</summary>
    public bool HasItem { get; }

    /// <summary>Whether some column has the value.</summary>
    public bool HasValue { get; }

    /// <summary>What is wrong with a list of columns; null if nothing is.</summary>
    public static string? Mistake(string columns)
    {
        string[] names = columns.Split(',', StringSplitOptions.TrimEntries);
        List<string> seen = [];
        foreach (string name in names)
        {
            if (name.Length == 0) return $"found '{columns}', which has an empty name; skip a column with '-'";
            if (name != "-" && seen.Contains(name)) return $"found '{columns}', which names '{name}' twice";
            seen.Add(name);
        }

        return seen.Contains("user") || seen.Contains("item") ? null : $"found '{columns}', which has neither 'user' nor 'item'";
    }

    /// <summary>The map of a list such as <c>user,item,-,hour,ts</c> that has no <see cref="Mistake"/>.</summary>
    public static ColumnMap Parse(string columns)
    {
        string[] names = columns.Split(',', StringSplitOptions.TrimEntries);
        return Build(names.Length, i => Encoding.UTF8.GetBytes(names[i]), (name, _) => Encoding.UTF8.GetString(name) switch
        {
            "-" => ColumnRole.Skip,
            "user" => ColumnRole.User,
            "item" => ColumnRole.Item,
            "value" => ColumnRole.Value,
            "ts" => ColumnRole.Time,
            _ => ColumnRole.Context,
        });
    }

    /// <summary>
    /// The map that a header's names give: known names whatever their case; a second name for the same role, like every unknown name, is context;
    /// a column without a name is skipped.
    /// </summary>
    public static ColumnMap OfHeader(IReadOnlyList<byte[]> names) => Build(names.Count, i => names[i], (name, taken) =>
    {
        if (name.Length == 0) return ColumnRole.Skip;
        ColumnRole role = KnownRole(name);
        return taken.Contains(role) ? ColumnRole.Context : role;
    });

    /// <summary>The role that a header's name means; context if it is not known.</summary>
    public static ColumnRole KnownRole(ReadOnlySpan<byte> name) =>
        Ascii.IsAny(name, UserNames) ? ColumnRole.User
        : Ascii.IsAny(name, ItemNames) ? ColumnRole.Item
        : Ascii.IsAny(name, ValueNames) ? ColumnRole.Value
        : Ascii.IsAny(name, TimeNames) ? ColumnRole.Time
        : ColumnRole.Context;

    private static ColumnMap Build(int count, Func<int, byte[]> name, Func<byte[], List<ColumnRole>, ColumnRole> role)
    {
        List<ColumnRole> roles = [];
        ulong[] keys = new ulong[count];
        for (int i = 0; i < count; i++)
        {
            keys[i] = FeatureKeys.Of(name(i));
            roles.Add(role(name(i), roles));
        }

        return new ColumnMap([.. roles], keys);
    }
}
