using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>What a column of an Open Bandit log holds.</summary>
internal enum ObdRole : byte
{
    Skip,
    Time,
    Item,
    Click,
    Propensity,
    Context,
    Affinity,
}

/// <summary>What each column of an Open Bandit log holds, by the names in its header.</summary>
internal sealed class ObdColumns
{
    private readonly List<ObdRole> _roles = [];
    private readonly List<ulong> _keys = [];
    private readonly List<int> _actions = [];

    private ObdColumns()
    {
    }

    /// <summary>No columns: before a header came.</summary>
    public static ObdColumns None { get; } = new();

    /// <summary>Number of columns.</summary>
    public int Count => _roles.Count;

    /// <summary>Number of actions: of affinity columns.</summary>
    public int Actions { get; private set; }

    /// <summary>The field that the header lacks, has twice, or has with gaps; null if nothing is wrong.</summary>
    public string? Mistake { get; private set; }

    /// <summary>What a column holds.</summary>
    public ObdRole Role(int column) => _roles[column];

    /// <summary>Key of the feature that a context column is.</summary>
    public ulong Key(int column) => _keys[column];

    /// <summary>The 0-based action that an affinity column is of.</summary>
    public int Action(int column) => _actions[column];

    /// <summary>Whether some column holds this.</summary>
    public bool Has(ObdRole role) => _roles.Contains(role);

    /// <summary>The columns that a header's names mean, whatever their case.</summary>
    public static ObdColumns OfHeader(ReadOnlySpan<byte> row)
    {
        ObdColumns columns = new();
        FieldReader reader = new(row, (byte)',', new byte[row.Length]);
        while (reader.TryNext(out ReadOnlySpan<byte> name)) columns.Add(name.Trim((byte)' '));
        columns.Judge(reader.Malformed);
        return columns;
    }

    private void Add(ReadOnlySpan<byte> name)
    {
        const string Prefix = "user-item_affinity_";
        int action = -1;
        ObdRole role = Ascii.Is(name, "timestamp") ? ObdRole.Time
            : Ascii.Is(name, FieldNames.ItemColumn) ? ObdRole.Item
            : Ascii.Is(name, FieldNames.ClickColumn) ? ObdRole.Click
            : Ascii.Is(name, FieldNames.PropensityColumn) || Ascii.Is(name, "action_prob") ? ObdRole.Propensity
            : Ascii.Is(name, FieldNames.Position) || StartsWith(name, "user_feature_") ? ObdRole.Context
            : StartsWith(name, Prefix) && int.TryParse(name[Prefix.Length..], System.Globalization.NumberStyles.None, null, out action) ? ObdRole.Affinity
            : ObdRole.Skip;
        if (role == ObdRole.Affinity) Actions++;
        _roles.Add(role);
        _keys.Add(FeatureKeys.Of(name));
        _actions.Add(action);
    }

    private void Judge(bool malformed)
    {
        Mistake = malformed ? FieldNames.ItemColumn
            : _roles.Count(r => r == ObdRole.Item) != 1 ? FieldNames.ItemColumn
            : _roles.Count(r => r == ObdRole.Click) != 1 ? FieldNames.ClickColumn
            : _roles.Count(r => r == ObdRole.Propensity) != 1 ? FieldNames.PropensityColumn
            : Actions is 0 or > DecisionLimits.MaxActions || _actions.Where(a => a >= 0).Order().Where((a, i) => a != i).Any() ? FieldNames.AffinityColumns
            : null;
    }

    private static bool StartsWith(ReadOnlySpan<byte> name, string prefix) => name.Length > prefix.Length && Ascii.Is(name[..prefix.Length], prefix);
}
