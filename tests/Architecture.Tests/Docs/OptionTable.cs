using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text;
using Streaming.Host.Configuration;

namespace Streaming.Architecture.Tests.Docs;

/// <summary>The options of a class as a Markdown table: name, type, default, range, and what the doc comment says; then the values of its enumerations.</summary>
internal sealed class OptionTable(XmlDocs docs)
{
    /// <summary>Appends the table; a class without options gets a sentence.</summary>
    /// <param name="page">Where it goes.</param>
    /// <param name="options">An object with the defaults.</param>
    /// <param name="known">Names of options that the page has said already.</param>
    public void Append(StringBuilder page, object options, params IEnumerable<string> known)
    {
        List<Option> rows = [.. OptionsOf(options, "").Where(o => !known.Contains(o.Path, StringComparer.Ordinal))];
        if (rows.Count == 0)
        {
            page.Append("No options of its own.\n\n");
            return;
        }

        page.Append("| Option | Type | Default | Range | Meaning |\n|---|---|---|---|---|\n");
        foreach (Option row in rows)
        {
            string meaning = docs.Of(row.Property).Replace("|", @"\|", StringComparison.Ordinal);
            page.Append($"| `{row.Path}` | {TypeName(row.Property)} | {Default(row)} | {Range(row.Property)} | {meaning} |\n");
        }

        page.Append('\n');
        foreach (Option row in rows.Where(r => Underlying(r.Property).IsEnum))
        {
            page.Append($"Values of `{row.Path}`:\n\n");
            foreach (FieldInfo field in Underlying(row.Property).GetFields(BindingFlags.Public | BindingFlags.Static))
                page.Append($"- `{StrictBinder.Kebab(field.Name)}`: {docs.Of(field)}\n");
            page.Append('\n');
        }
    }

    /// <summary>Names of the options of a class, in the order of their declaration, those of its base class last.</summary>
    public static IEnumerable<string> Names(object options) => OptionsOf(options, "").Select(o => o.Path);

    private static IEnumerable<Option> OptionsOf(object options, string prefix)
    {
        foreach (PropertyInfo property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
        {
            object? value = property.GetValue(options);
            if (value is not (null or string or IList) && property.PropertyType.IsClass)
            {
                foreach (Option inner in OptionsOf(value, $"{prefix}{property.Name}:")) yield return inner;
            }
            else
            {
                yield return new Option(prefix + property.Name, property, value);
            }
        }
    }

    private static Type Underlying(PropertyInfo property) => Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;

    private static string TypeName(PropertyInfo property)
    {
        Type type = Underlying(property);
        return type == typeof(bool) ? "true or false"
            : type == typeof(int) || type == typeof(long) || type == typeof(ulong) ? "whole number"
            : type == typeof(double) ? "number"
            : type == typeof(string) ? "text"
            : type.IsEnum ? "name"
            : typeof(IList).IsAssignableFrom(type) ? type.GetGenericArguments()[0] == typeof(double) ? "list of numbers" : "list of texts"
            : throw new InvalidOperationException($"{property.DeclaringType}.{property.Name} has a type that the page has no word for: {type}.");
    }

    private static string Default(Option option) => option.Value switch
    {
        null or "" when option.Property.GetCustomAttribute<RequiredAttribute>() is not null => "required",
        null or "" or IList { Count: 0 } => "unset",
        bool flag => flag ? "`true`" : "`false`",
        Enum name => $"`{StrictBinder.Kebab(name.ToString())}`",
        double number => $"`{number.ToString("R", CultureInfo.InvariantCulture)}`",
        IFormattable whole => $"`{whole.ToString(null, CultureInfo.InvariantCulture)}`",
        object text => $"`{text}`",
    };

    private static string Range(PropertyInfo property)
    {
        if (property.GetCustomAttribute<RangeAttribute>() is not { } range) return Underlying(property) == typeof(ulong) ? "from 0" : "any";
        double high = Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
        string from = (range.MinimumIsExclusive ? "above " : "from ") + Number(range.Minimum);
        return high >= long.MaxValue ? from : $"{from} {(range.MaximumIsExclusive ? "to below" : "to")} {Number(range.Maximum)}";
    }

    private static string Number(object limit)
    {
        double value = Convert.ToDouble(limit, CultureInfo.InvariantCulture);
        return value == Math.Floor(value) && Math.Abs(value) < 1e15
            ? value.ToString("N0", CultureInfo.InvariantCulture)
            : value.ToString("0.##############", CultureInfo.InvariantCulture);
    }

    private sealed record Option(string Path, PropertyInfo Property, object? Value);
}
