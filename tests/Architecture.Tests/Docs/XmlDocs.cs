using System.Reflection;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Streaming.Architecture.Tests.Docs;

/// <summary>The doc comments that the compiler wrote next to the binaries, as Markdown.</summary>
internal sealed partial class XmlDocs
{
    private readonly Dictionary<string, XElement> _members = new(StringComparer.Ordinal);

    /// <summary>Reads those of the engine's own assemblies.</summary>
    public XmlDocs()
    {
        foreach (string file in (string[])["Streaming.Abstractions", "Streaming.Ingest", "Streaming.Operators", "Streaming.Sinks", "streaming"])
        {
            foreach (XElement member in XDocument.Load(Path.Combine(AppContext.BaseDirectory, file + ".xml")).Descendants("member"))
                _members[member.Attribute("name")!.Value] = member;
        }
    }

    /// <summary>What is said of an option.</summary>
    public string Of(PropertyInfo property) => Summary($"P:{property.DeclaringType!.FullName}.{property.Name}");

    /// <summary>What is said of a constant or a value of an enumeration.</summary>
    public string Of(FieldInfo field) => Summary($"F:{field.DeclaringType!.FullName!.Replace('+', '.')}.{field.Name}");

    /// <summary>Text of a doc comment: one line of Markdown.</summary>
    public static string Markdown(XElement comment)
    {
        StringBuilder text = new();
        foreach (XNode node in comment.Nodes()) Append(text, node);
        return Space().Replace(text.ToString(), " ").Trim();
    }

    private string Summary(string id) =>
        _members.TryGetValue(id, out XElement? member) && member.Element("summary") is { } summary
            ? Markdown(summary)
            : throw new InvalidOperationException($"{id} has no doc comment with a summary.");

    private static void Append(StringBuilder text, XNode node)
    {
        switch (node)
        {
            case XText plain:
                text.Append(Special().Replace(plain.Value, @"\$0"));
                break;
            case XElement { Name.LocalName: "c" } code:
                text.Append('`').Append(code.Value).Append('`');
                break;
            case XElement reference when (reference.Attribute("cref") ?? reference.Attribute("name") ?? reference.Attribute("langword")) is { } target:
                text.Append('`').Append(LastName(target.Value)).Append('`');
                break;
            case XElement element:
                text.Append(' '); // a paragraph
                foreach (XNode inner in element.Nodes()) Append(text, inner);
                break;
        }
    }

    /// <summary><c>P:Streaming.Operators.Sketches.CountMinOptions.Width</c> is <c>Width</c>, <c>T:...BiasedMf`1</c> is <c>BiasedMf</c>.</summary>
    private static string LastName(string cref)
    {
        string name = cref.Split('(')[0].Split('`')[0];
        return name[(name.LastIndexOfAny(['.', ':']) + 1)..];
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();

    [GeneratedRegex(@"[*_<>`]")]
    private static partial Regex Special();
}
