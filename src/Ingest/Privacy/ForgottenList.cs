using System.Globalization;
using System.Text;
using System.Text.Json;
using Streaming.Abstractions.Keys;
using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Privacy;

/// <summary>
/// The users who were forgotten, a line of JSON each: <c>{"user":"x","until":TIME}</c>, or with <c>"key"</c>, 16 hexadecimal digits, where the list itself is to name nobody. Times
/// are ISO 8601, or Unix seconds, milliseconds or microseconds by their size. A user may be there several times: the last time counts.
/// </summary>
public static class ForgottenList
{
    /// <summary>Reads a list; linear in its length. Empty lines are passed over.</summary>
    /// <exception cref="FormatException">A line is no forgotten user; the message has its number, and nothing of the line.</exception>
    public static IReadOnlyList<ForgottenUser> Read(Stream list)
    {
        List<ForgottenUser> users = [];
        using StreamReader reader = new(list, new UTF8Encoding(false, throwOnInvalidBytes: true));
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            if (line.Length > 0) users.Add(Parse(line) ?? throw new FormatException($"line {number} is no {{\"user\":ID,\"until\":TIME}} or {{\"key\":16 hexadecimal digits,\"until\":TIME}}"));
        }

        return users;
    }

    /// <summary>The line of a user, with its end.</summary>
    public static byte[] Line(ForgottenUser user)
    {
        string until = JsonSerializer.Serialize(TimeText(user.Until));
        return Encoding.UTF8.GetBytes(user.Id is null ? $"{{\"key\":\"{user.Key:x16}\",\"until\":{until}}}\n" : $"{{\"user\":{JsonSerializer.Serialize(user.Id)},\"until\":{until}}}\n");
    }

    /// <summary>The control record that has every stage erase what it knows of a user, as a line without its end; <see cref="ForgottenUser.Until"/> is its time.</summary>
    public static byte[] Tombstone(string user, long time) =>
        Encoding.UTF8.GetBytes($"{{\"control\":\"forget\",\"user\":{JsonSerializer.Serialize(user)},\"ts\":{JsonSerializer.Serialize(TimeText(time))}}}");

    /// <summary>Reads a time as the list has it.</summary>
    public static bool TryTime(string text, out long time) => Times.TryAny(Encoding.UTF8.GetBytes(text), out time, out _);

    private static string TimeText(long micros) => DateTime.UnixEpoch.AddMicroseconds(micros).ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);

    private static ForgottenUser? Parse(string line)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(line, new JsonDocumentOptions { AllowDuplicateProperties = false });
            string? id = null;
            ulong? key = null;
            long? until = null;
            foreach (JsonProperty property in document.RootElement.EnumerateObject())
            {
                string? text = property.Value.ValueKind == JsonValueKind.String ? property.Value.GetString() : property.Value.GetRawText();
                if (property.NameEquals("user")) id = text;
                else if (property.NameEquals("key") && text!.Length == 16 && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong k)) key = k;
                else if (property.NameEquals("until") && TryTime(text!, out long time)) until = time;
                else return null;
            }

            if (until is not long end || (id is null) == (key is null or EntityKeyCodec.None)) return null;
            return new ForgottenUser(id, key ?? EntityKeyCodec.None, end);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}
