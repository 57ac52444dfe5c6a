using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Streaming.Shared.Metrics;

/// <summary>
/// What a scrape returned, read strictly: Prometheus text 0.0.4, or OpenMetrics 1.0 where it ends with <c># EOF</c>. Fails where one of their rules is broken, or a name
/// that both reserve is used.
/// </summary>
public sealed partial class Exposition
{
    private static readonly string[] Reserved = ["_count", "_sum", "_bucket", "_created", "_info"];

    private readonly Dictionary<string, double> _samples = new(StringComparer.Ordinal);

    private Exposition()
    {
    }

    /// <summary>Names of families, without <c>_total</c>, in order.</summary>
    public List<string> Families { get; } = [];

    /// <summary>Series with their values, labels as they are written.</summary>
    public IReadOnlyDictionary<string, double> Samples => _samples;

    public double this[string series] => _samples.TryGetValue(series, out double value) ? value : throw new KeyNotFoundException($"There is no {series} among {string.Join('\n', _samples.Keys)}");

    public static Exposition Parse(string text)
    {
        bool open = text.EndsWith("# EOF\n", StringComparison.Ordinal);
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        string[] lines = (open ? text[..^"# EOF\n".Length] : text).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Exposition exposition = new();
        string family = "", type = "";
        List<string> said = [];
        foreach (string line in lines)
        {
            if (line[0] == '#')
            {
                string[] words = line.Split(' ', 4);
                Assert.Contains(words[1], open ? ["TYPE", "UNIT", "HELP"] : (string[])["HELP", "TYPE"]);
                string name = open || words[1] == "UNIT" ? words[2] : Plain(words[2]);
                if (name != family)
                {
                    Assert.DoesNotContain(name, exposition.Families); // all lines of a family stand together
                    exposition.Families.Add(family = name);
                    said.Clear();
                }

                Assert.DoesNotContain(words[1], said);
                said.Add(words[1]);
                if (words[1] == "TYPE") type = words[3];
                if (words[1] == "UNIT") Assert.EndsWith("_" + words[3], name, StringComparison.Ordinal);
                Assert.DoesNotContain(Reserved, suffix => name.EndsWith(suffix, StringComparison.Ordinal));
                continue;
            }

            Match match = Sample().Match(line);
            Assert.True(match.Success, line);
            Assert.Equal(["HELP", "TYPE"], said.Where(s => s != "UNIT").Order(StringComparer.Ordinal));
            Assert.Contains(type, (string[])["counter", "gauge"]);
            Assert.Equal(type == "counter" ? family + "_total" : family, match.Groups["name"].Value);
            double value = match.Groups["value"].Value switch
            {
                "+Inf" => double.PositiveInfinity,
                "-Inf" => double.NegativeInfinity,
                string number => double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture),
            };
            Assert.True(type != "counter" || value >= 0, line);
            Assert.True(exposition._samples.TryAdd(match.Groups["name"].Value + match.Groups["labels"].Value, value), $"{line} is there twice");
        }

        return exposition;
    }

    private static string Plain(string name) => name.EndsWith("_total", StringComparison.Ordinal) ? name[..^"_total".Length] : name;

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?<labels>\{[a-zA-Z_]\w*="(\\["\\n]|[^"\\\n])*"(,[a-zA-Z_]\w*="(\\["\\n]|[^"\\\n])*")*\})? (?<value>NaN|[+-]Inf|-?[0-9.]+(E[+-]?[0-9]+)?)$""", RegexOptions.ExplicitCapture)]
    private static partial Regex Sample();
}
