using System.Diagnostics.Metrics;
using System.Text;

namespace Streaming.Host.Observability;

/// <summary>Names as Prometheus has them: of letters, digits and underscores, the unit at the end.</summary>
internal static class PrometheusName
{
    /// <summary>
    /// Name of an instrument's family: dots are underscores, <c>@</c> is <c>_at_</c>, the unit is spelled out (seconds, bytes, ratio). A counter's samples
    /// have <c>_total</c> after it.
    /// </summary>
    public static string Of(Instrument instrument)
    {
        StringBuilder name = new();
        foreach (char c in instrument.Name)
        {
            if (c == '@') name.Append("_at_");
            else name.Append(char.IsAsciiLetterOrDigit(c) ? c : '_');
        }

        return UnitOf(instrument) is { } unit ? name.Append('_').Append(unit).ToString() : name.ToString();
    }

    /// <summary>Unit in a word; null for a number without.</summary>
    /// <exception cref="InvalidOperationException">The unit is none of those in use.</exception>
    public static string? UnitOf(Instrument instrument) => instrument.Unit switch
    {
        null => null,
        "s" => "seconds",
        "By" => "bytes",
        "1" => "ratio",
        string unit => throw new InvalidOperationException($"{instrument.Name} has the unit '{unit}', which has no name here."),
    };
}
