using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Streaming.Host.Observability;

/// <summary>One instrument's samples at one moment, and how they are written.</summary>
internal sealed class MetricFamily(Instrument instrument)
{
    private readonly List<(string Labels, string Value)> _samples = [];
    private readonly bool _isCounter = instrument is ObservableCounter<long> or ObservableCounter<double>;
    private readonly string? _unit = PrometheusName.UnitOf(instrument);

    /// <summary>Its name, without <c>_total</c>.</summary>
    public string Name { get; } = PrometheusName.Of(instrument);

    /// <summary>Forgets the samples.</summary>
    public void Clear() => _samples.Clear();

    /// <summary>Adds a sample; labels stay in the order in which they are given.</summary>
    public void Add(long value, ReadOnlySpan<KeyValuePair<string, object?>> labels) => _samples.Add((Labels(labels), value.ToString(CultureInfo.InvariantCulture)));

    /// <inheritdoc cref="Add(long, ReadOnlySpan{KeyValuePair{string, object}})"/>
    public void Add(double value, ReadOnlySpan<KeyValuePair<string, object?>> labels) => _samples.Add((Labels(labels), Number(value)));

    /// <summary>Appends the family; nothing if it has no samples.</summary>
    public void Write(StringBuilder text, ExpositionFormat format)
    {
        if (_samples.Count == 0) return;
        string sample = _isCounter ? Name + "_total" : Name;
        string type = _isCounter ? "counter" : "gauge", help = instrument.Description ?? "";
        if (format == ExpositionFormat.OpenMetrics)
        {
            text.Append("# TYPE ").Append(Name).Append(' ').Append(type).Append('\n');
            if (_unit is not null) text.Append("# UNIT ").Append(Name).Append(' ').Append(_unit).Append('\n');
            text.Append("# HELP ").Append(Name).Append(' ').Append(Escape(help).Replace("\"", "\\\"", StringComparison.Ordinal)).Append('\n');
        }
        else
        {
            text.Append("# HELP ").Append(sample).Append(' ').Append(Escape(help)).Append('\n');
            text.Append("# TYPE ").Append(sample).Append(' ').Append(type).Append('\n');
        }

        foreach ((string labels, string value) in _samples) text.Append(sample).Append(labels).Append(' ').Append(value).Append('\n');
    }

    /// <summary>The shortest text that reads back as the same number, and the two formats' words for what is none.</summary>
    public static string Number(double value) => value switch
    {
        double.NaN => "NaN",
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> labels)
    {
        if (labels.IsEmpty) return "";
        StringBuilder text = new("{");
        foreach ((string name, object? value) in labels)
        {
            if (text.Length > 1) text.Append(',');
            text.Append(name).Append("=\"").Append(Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "").Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }

        return text.Append('}').ToString();
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);
}
