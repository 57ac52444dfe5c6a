using Streaming.Abstractions.Kafka;

namespace Streaming.Host.Configuration;

/// <summary>
/// Which values of the configuration nobody is to read in a message or a log: those whose path has a name that a secret of Kafka's could have (<see cref="KafkaSecrets.IsSecret"/>).
/// Stages have none, the ids of sinks say nothing of their values, and neither does an option that is called <c>Key</c> and nothing more, which names what something groups by; but
/// <c>Privacy:Key</c> is one.
/// </summary>
internal static class SecretPaths
{
    /// <summary>What is written in a secret's place.</summary>
    public const string Hidden = "(hidden)";

    /// <summary>Whether the value at a path, as in <c>--set Path=Value</c>, is a secret.</summary>
    public static bool Contain(string path)
    {
        string[] names = path.Split(':');
        if (names[0].Equals("Stages", StringComparison.OrdinalIgnoreCase)) return false;
        if (path.Equals("Privacy:Key", StringComparison.OrdinalIgnoreCase)) return true;
        bool hasId = names[0].Equals("Sinks", StringComparison.OrdinalIgnoreCase);
        for (int i = 0; i < names.Length; i++)
        {
            if ((i != 1 || !hasId) && IsSecret(names[i])) return true;
        }

        return false;
    }

    /// <summary>A message about the value at a path, without the value if that is a secret.</summary>
    public static string Redact(string path, string? value, string message) =>
        string.IsNullOrEmpty(value) || !Contain(path) ? message : message.Replace(value, Hidden, StringComparison.Ordinal);

    /// <summary>The value at a path as messages show it.</summary>
    public static string Show(string path, string value) => Contain(path) ? Hidden : $"'{value}'";

    private static bool IsSecret(string name) => !name.Equals("Key", StringComparison.OrdinalIgnoreCase) && KafkaSecrets.IsSecret(name);
}
