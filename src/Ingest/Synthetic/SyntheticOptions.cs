using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text;
using Streaming.Abstractions.Keys;

namespace Streaming.Ingest.Synthetic;

/// <summary>The generator of a synthetic source: its line of the catalogue, and options of that line's type.</summary>
public sealed class SyntheticOptions
{
    /// <summary>A generator with these options, or with its defaults.</summary>
    public SyntheticOptions(GeneratorType type, GeneratorOptions? options = null) => (Type, Generator) = (type, options ?? type.NewOptions());

    /// <summary>Which generator.</summary>
    public GeneratorType Type { get; }

    /// <summary>Its options, of type <see cref="GeneratorType.OptionsType"/>.</summary>
    public GeneratorOptions Generator { get; }

    /// <summary>A hash of the type and of every option, by name, so that a resume notices another log.</summary>
    public ulong Fingerprint()
    {
        StringBuilder text = new(Type.Name);
        foreach (PropertyInfo property in Type.OptionsType.GetProperties().OrderBy(p => p.Name, StringComparer.Ordinal))
        {
            text.Append(' ').Append(property.Name);
            object? value = property.GetValue(Generator);
            IEnumerable values = value is IEnumerable list ? list : new[] { value };
            foreach (object? one in values) text.Append(CultureInfo.InvariantCulture, $" {one}");
        }

        return XxHash64.Hash(Encoding.UTF8.GetBytes(text.ToString()), 1);
    }
}
