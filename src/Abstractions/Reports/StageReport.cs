namespace Streaming.Abstractions.Reports;

/// <summary>What one stage says of the stream so far: named values, in the order in which they were set.</summary>
/// <param name="id">Id of the stage.</param>
/// <param name="type">Its type.</param>
public sealed class StageReport(string id, string type)
{
    private readonly List<ReportEntry> _entries = [];
    private readonly List<string> _headlines = [];

    /// <summary>Id of the stage.</summary>
    public string Id { get; } = id;

    /// <summary>Type of the stage.</summary>
    public string Type { get; } = type;

    /// <summary>The values.</summary>
    public IReadOnlyList<ReportEntry> Entries => _entries;

    /// <summary>Names of the values that a progress line shows.</summary>
    public IReadOnlyList<string> Headlines => _headlines;

    /// <summary>The value of this name; nothing if it was not set.</summary>
    public ReportValue this[string name]
    {
        get
        {
            foreach (ReportEntry entry in _entries)
            {
                if (entry.Name == name) return entry.Value;
            }

            return ReportValue.Null;
        }
    }

    /// <summary>Sets a number; null in the summary if it is not finite.</summary>
    /// <param name="name">Name in lower case with underscores.</param>
    /// <param name="value">The number.</param>
    /// <param name="headline">Whether a progress line shows it.</param>
    public void Set(string name, double value, bool headline = false) => Add(name, ReportValue.Of(value), headline);

    /// <inheritdoc cref="Set(string, double, bool)"/>
    public void Set(string name, long value, bool headline = false) => Add(name, ReportValue.Of(value), headline);

    /// <summary>Sets a text.</summary>
    public void Set(string name, string value) => Add(name, ReportValue.Of(value), headline: false);

    /// <summary>Sets a list of rows.</summary>
    public void Set(string name, IReadOnlyList<ReportRow> rows) => Add(name, ReportValue.Of(rows), headline: false);

    /// <summary>Says that a value does not exist, or would be wrong.</summary>
    public void SetNull(string name) => Add(name, ReportValue.Null, headline: false);

    private void Add(string name, ReportValue value, bool headline)
    {
        _entries.Add(new ReportEntry(name, value));
        if (headline) _headlines.Add(name);
    }
}
