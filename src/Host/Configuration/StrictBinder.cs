using System.Collections;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Streaming.Abstractions.Stages;

namespace Streaming.Host.Configuration;

/// <summary>
/// Fills an options object from a configuration section. Strict: a key without a property, a value that cannot be read, a value outside its
/// annotated range and a broken cross-field rule are all mistakes, and all of them are collected.
/// </summary>
internal sealed class StrictBinder(List<ConfigurationMistake> mistakes)
{
    /// <summary>Binds <paramref name="section"/> to <paramref name="options"/>; keys in <paramref name="reserved"/> belong to somebody else.</summary>
    public void Bind(IConfigurationSection section, object options, params string[] reserved)
    {
        Dictionary<string, PropertyInfo> properties = PropertiesOf(options.GetType());
        foreach (IConfigurationSection child in section.GetChildren())
        {
            if (reserved.Contains(child.Key, StringComparer.OrdinalIgnoreCase)) continue;
            if (properties.TryGetValue(child.Key, out PropertyInfo? property)) BindProperty(child, options, property);
            else mistakes.Add(new ConfigurationMistake(child.Path, Unknown(child.Key, properties.Values.Select(p => p.Name).Union(reserved, StringComparer.OrdinalIgnoreCase))));
        }

        foreach (PropertyInfo property in properties.Values) CheckAnnotations(section.Path, options, property);
        if (options is IValidatableOptions rules)
        {
            foreach ((string option, string message) in rules.Validate())
            {
                string path = $"{section.Path}:{option}";
                mistakes.Add(new ConfigurationMistake(path, SecretPaths.Redact(path, section[option], message)));
            }
        }
    }

    /// <summary>The message for a key that does not exist, with the nearest one that does.</summary>
    public static string Unknown(string key, IEnumerable<string> allowed)
    {
        string[] names = [.. allowed.Order(StringComparer.Ordinal)];
        string? nearest = names.Select(n => (Name: n, Distance: EditDistance(n, key))).Where(n => n.Distance <= 2).OrderBy(n => n.Distance).FirstOrDefault().Name;
        return $"unknown '{key}'{(nearest is null ? "" : $" (did you mean {nearest}?)")}; known here: {(names.Length == 0 ? "nothing" : string.Join(", ", names))}";
    }

    /// <summary>A name as users write it: <c>river022</c>, <c>on-match</c>.</summary>
    public static string Kebab(string name)
    {
        System.Text.StringBuilder text = new();
        foreach (char c in name)
        {
            if (char.IsUpper(c) && text.Length > 0) text.Append('-');
            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    private static Dictionary<string, PropertyInfo> PropertiesOf(Type type) =>
        type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite).ToDictionary(p => p.Name, StringComparer.OrdinalIgnoreCase);

    private void BindProperty(IConfigurationSection section, object options, PropertyInfo property)
    {
        Type type = Nullable.GetUnderlyingType(property.PropertyType) ?? property.PropertyType;
        if (typeof(IList).IsAssignableFrom(type) && type.IsGenericType)
        {
            IList list = (IList)Activator.CreateInstance(type)!;
            IEnumerable<IConfigurationSection> items = section.Value is null ? section.GetChildren().OrderBy(c => int.TryParse(c.Key, out int i) ? i : int.MaxValue) : [section];
            foreach (IConfigurationSection item in items)
            {
                if (TryParse(item, type.GetGenericArguments()[0], out object? element)) list.Add(element);
            }

            property.SetValue(options, list);
        }
        else if (type.IsClass && type != typeof(string))
        {
            object nested = property.GetValue(options) ?? Activator.CreateInstance(type)!;
            if (section.Value is { Length: > 0 }) mistakes.Add(new ConfigurationMistake(section.Path, $"found {SecretPaths.Show(section.Path, section.Value)}, but this is a group of options"));
            else Bind(section, nested);
            property.SetValue(options, nested);
        }
        else if (section.Value is { Length: 0 } or null && !section.GetChildren().Any() && property.PropertyType != type)
        {
            property.SetValue(options, null);
        }
        else if (TryParse(section, type, out object? value))
        {
            property.SetValue(options, value);
        }
    }

    private bool TryParse(IConfigurationSection section, Type type, out object? value)
    {
        string? text = section.Value;
        value = null;
        if (text is null)
        {
            mistakes.Add(new ConfigurationMistake(section.Path, $"found a group or nothing, but {Describe(type)} is needed"));
            return false;
        }

        if (type == typeof(string)) value = text;
        else if (type == typeof(bool)) value = bool.TryParse(text, out bool b) ? b : null;
        else if (type == typeof(int)) value = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int i) ? i : null;
        else if (type == typeof(long)) value = long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long l) ? l : null;
        else if (type == typeof(ulong)) value = ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong u) ? u : null;
        else if (type == typeof(double)) value = double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double d) && double.IsFinite(d) ? d : null;
        else if (type.IsEnum) value = ParseEnum(type, text);
        else throw new InvalidOperationException($"{section.Path} is bound to the type {type}, which the binder does not know.");
        if (value is null) mistakes.Add(new ConfigurationMistake(section.Path, $"found {SecretPaths.Show(section.Path, text)}, but {Describe(type)} is needed"));
        return value is not null;
    }

    private static object? ParseEnum(Type type, string text)
    {
        string plain = text.Replace("-", "", StringComparison.Ordinal);
        string? name = Enum.GetNames(type).FirstOrDefault(n => n.Equals(plain, StringComparison.OrdinalIgnoreCase));
        return name is null ? null : Enum.Parse(type, name);
    }

    private static string Describe(Type type) =>
        type == typeof(bool) ? "true or false"
        : type == typeof(int) || type == typeof(long) ? "a whole number"
        : type == typeof(ulong) ? "a whole number from 0 on"
        : type == typeof(double) ? "a finite number"
        : type.IsEnum ? "one of " + string.Join(", ", Enum.GetNames(type).Select(Kebab))
        : "a text";

    private void CheckAnnotations(string path, object options, PropertyInfo property)
    {
        object? value = property.GetValue(options);
        string where = $"{path}:{property.Name}";
        if (property.GetCustomAttribute<RequiredAttribute>() is not null && value is null or "")
        {
            mistakes.Add(new ConfigurationMistake(where, "is missing, and has no default"));
            return;
        }

        if (value is null || property.GetCustomAttribute<RangeAttribute>() is not { } range) return;
        double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        double low = Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture), high = Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
        bool inside = (range.MinimumIsExclusive ? number > low : number >= low) && (range.MaximumIsExclusive ? number < high : number <= high);
        if (!inside)
        {
            object shown = SecretPaths.Contain(where) ? SecretPaths.Hidden : value;
            mistakes.Add(new ConfigurationMistake(where, string.Create(
                CultureInfo.InvariantCulture,
                $"found {shown}, allowed is {(range.MinimumIsExclusive ? "above" : "from")} {Limit(low)} {(range.MaximumIsExclusive ? "to below" : "to")} {Limit(high)}")));
        }
    }

    private static string Limit(double value) => value switch
    {
        >= long.MaxValue => "any size",
        double.MinValue or double.NegativeInfinity => "any size below 0",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static int EditDistance(string a, string b)
    {
        a = a.ToLowerInvariant();
        b = b.ToLowerInvariant();
        int[] row = [.. Enumerable.Range(0, b.Length + 1)];
        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int next = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = row[j];
                row[j] = next;
            }
        }

        return row[b.Length];
    }
}
