using System.Text;
using Streaming.Ingest.Formats;
using Ascii = Streaming.Ingest.Formats.Ascii;

namespace Streaming.Ingest.Items;

/// <summary>What a column of a csv of items holds.</summary>
internal enum ItemColumnRole : byte
{
    Skip,
    Item,
    Title,
    Born,
    Expires,

    /// <summary>A number, one value, or a list: as the text is.</summary>
    Feature,
    Number,
    Category,
    List,
}

/// <summary>What each column of a csv of items holds, in the order of the columns.</summary>
internal sealed class ItemColumnMap
{
    private static readonly string[] ItemNames = ["item", "item_id", "itemid", "movieid", "movie_id", "id"];
    private static readonly string[] TitleNames = ["title", "name"];

    private readonly ItemColumnRole[] _roles;
    private readonly ulong[] _keys;

    private ItemColumnMap(ItemColumnRole[] roles, ulong[] keys) => (_roles, _keys) = (roles, keys);

    /// <summary>One role a column.</summary>
    public ReadOnlySpan<ItemColumnRole> Roles => _roles;

    /// <summary>Key of the feature that a column is (<see cref="FeatureKeys.Of(ReadOnlySpan{byte})"/>).</summary>
    public ulong Key(int column) => _keys[column];

    /// <summary>Whether some column names the item.</summary>
    public bool HasItem => _roles.Contains(ItemColumnRole.Item);

    /// <summary>What is wrong with a list of columns; null if nothing is.</summary>
    public static string? Mistake(string columns)
    {
        List<string> seen = [];
        foreach (string column in columns.Split(',', StringSplitOptions.TrimEntries))
        {
            (string name, string type) = Cut(column);
            if (name.Length == 0) return $"found '{columns}', which has an empty name; skip a column with '-'";
            if (type is not ("" or "number" or "category" or "list")) return $"found '{column}'; what follows a colon is number, category or list";
            if (name != "-" && seen.Contains(name)) return $"found '{columns}', which names '{name}' twice";
            seen.Add(name);
        }

        return seen.Contains("item") ? null : $"found '{columns}', which does not have 'item'";
    }

    /// <summary>The map of a list such as <c>item,title,-,year:number,tags:list,born</c> that has no <see cref="Mistake"/>.</summary>
    public static ItemColumnMap Parse(string columns)
    {
        (string Name, string Type)[] parts = [.. columns.Split(',', StringSplitOptions.TrimEntries).Select(Cut)];
        return new ItemColumnMap([.. parts.Select(RoleOf)], [.. parts.Select(p => FeatureKeys.Of(Encoding.UTF8.GetBytes(p.Name)))]);
    }

    /// <summary>The map that a header's names give: known names whatever their case; every other name, and a second one for the same, is a feature.</summary>
    public static ItemColumnMap OfHeader(IReadOnlyList<byte[]> names)
    {
        List<ItemColumnRole> roles = [];
        foreach (byte[] name in names)
        {
            ItemColumnRole role = name.Length == 0 ? ItemColumnRole.Skip : KnownRole(name);
            roles.Add(roles.Contains(role) && role != ItemColumnRole.Skip ? ItemColumnRole.Feature : role);
        }

        return new ItemColumnMap([.. roles], [.. names.Select(n => FeatureKeys.Of(n))]);
    }

    /// <summary>The role that a header's name means; a feature if it is not known.</summary>
    public static ItemColumnRole KnownRole(ReadOnlySpan<byte> name) =>
        Ascii.IsAny(name, ItemNames) ? ItemColumnRole.Item
        : Ascii.IsAny(name, TitleNames) ? ItemColumnRole.Title
        : Ascii.Is(name, "born") ? ItemColumnRole.Born
        : Ascii.Is(name, "expires") ? ItemColumnRole.Expires
        : ItemColumnRole.Feature;

    private static ItemColumnRole RoleOf((string Name, string Type) column) => column switch
    {
        { Type: "number" } => ItemColumnRole.Number,
        { Type: "category" } => ItemColumnRole.Category,
        { Type: "list" } => ItemColumnRole.List,
        { Name: "-" } => ItemColumnRole.Skip,
        { Name: "item" } => ItemColumnRole.Item,
        { Name: "title" } => ItemColumnRole.Title,
        { Name: "born" } => ItemColumnRole.Born,
        { Name: "expires" } => ItemColumnRole.Expires,
        _ => ItemColumnRole.Feature,
    };

    private static (string Name, string Type) Cut(string column)
    {
        int at = column.LastIndexOf(':');
        return at < 0 ? (column, "") : (column[..at], column[(at + 1)..]);
    }
}
