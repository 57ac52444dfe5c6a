using System.Globalization;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Reports;

namespace Streaming.Sinks.Console;

/// <summary>Prints numbers for people: <c>103,423</c>, <c>.8712</c>, <c>12.35</c>, <c>1.204e-07</c>; what does not exist is <c>-</c>.</summary>
public static class NumberText
{
    /// <summary>Stands for a value that does not exist.</summary>
    public const string Nothing = "-";

    /// <summary>A count, with separators of thousands.</summary>
    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>
    /// A ratio to 4 significant digits: from 1,000 on rounded to an integer, below 1 without the zero before the point, below 0.0001 with an exponent.
    /// </summary>
    public static string Ratio(double value)
    {
        if (!double.IsFinite(value)) return Nothing;
        if (value == 0) return "0";
        // The exponent is that of the rounded number: 0.99996 is 1.000.
        string rounded = value.ToString("E3", CultureInfo.InvariantCulture);
        int exponent = int.Parse(rounded.AsSpan(rounded.IndexOf('E') + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent < -4 || exponent >= 12) return value.ToString("0.000e+00", CultureInfo.InvariantCulture);
        if (exponent >= 3) return value.ToString("N0", CultureInfo.InvariantCulture);
        string text = value.ToString("F" + (3 - exponent).ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        return text.StartsWith("0.", StringComparison.Ordinal) ? text[1..] : text.StartsWith("-0.", StringComparison.Ordinal) ? "-" + text[2..] : text;
    }

    /// <summary>A rate per second, to 3 significant digits: <c>166,000</c>, <c>12.3</c>.</summary>
    public static string Rate(double perSecond)
    {
        if (!double.IsFinite(perSecond)) return Nothing;
        double unit = 1;
        while (Math.Round(perSecond / unit) >= 1000) unit *= 10;
        return perSecond < 99.95 ? perSecond.ToString("0.#", CultureInfo.InvariantCulture) : Count((long)(Math.Round(perSecond / unit) * unit));
    }

    /// <summary>A duration: <c>1.2 s</c>, <c>2 min 05 s</c>, <c>3 h 04 min</c>.</summary>
    public static string Duration(double seconds)
    {
        if (!double.IsFinite(seconds)) return Nothing;
        if (seconds < 59.95) return seconds.ToString("0.0", CultureInfo.InvariantCulture) + " s";
        long whole = (long)Math.Round(seconds);
        return whole < 3600
            ? string.Create(CultureInfo.InvariantCulture, $"{whole / 60} min {whole % 60:00} s")
            : string.Create(CultureInfo.InvariantCulture, $"{Count(whole / 3600)} h {whole / 60 % 60:00} min");
    }

    /// <summary>Memory in MiB, rounded.</summary>
    public static string Mebibytes(long bytes) => Count((bytes + (1 << 19)) >> 20) + " MiB";

    /// <summary>A single value of a report; rows have no short form and print as their number.</summary>
    /// <param name="value">The value.</param>
    /// <param name="names">Gives keys their names; without it, an entity prints as its key.</param>
    public static string Value(ReportValue value, EntityKeyCodec? names = null) => value.Kind switch
    {
        ReportValueKind.Number => Ratio(value.Number),
        ReportValueKind.Integer => Count(value.Integer),
        ReportValueKind.Text => value.Text,
        ReportValueKind.Entity => (names is null ? value.Entity.ToString("x16") : names.Name(value.Entity)) ?? Nothing,
        ReportValueKind.Rows => Count(value.Rows.Count),
        _ => Nothing,
    };
}
