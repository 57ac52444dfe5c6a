using System.Buffers.Text;
using System.Text;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Stages;
using Streaming.Ingest;
using Streaming.Ingest.Privacy;
using Streaming.Sinks.RecordLog;

namespace Streaming.Host.Configuration;

/// <summary>Options under <c>Privacy</c>: who was forgotten, and whether anybody sees ids.</summary>
internal sealed class PrivacyOptions : IValidatableOptions
{
    private const int MinKeyBytes = 16;

    /// <summary>
    /// The list of users who were forgotten, a line of JSON each: <c>{"user":"x","until":TIME}</c>, or <c>{"key":16 hexadecimal digits,"until":TIME}</c>. Their interactions and
    /// decisions up to that time are filtered, whatever the source, so that a replay of an old log does not learn them again, and their names are not kept. It is read at the start;
    /// <c>streaming forget</c> appends to it. A file that is not there is an empty list. Default: none.
    /// </summary>
    public string? Forgotten { get; set; }

    /// <summary>
    /// Whether ids of users, items and actions are replaced by a keyed hash (HMAC-SHA256, the first 64 bits) before anything else sees them. Outputs then have 16 hexadecimal digits for an
    /// id, dead letters a keyed hash of the record, and no snapshot, metric, message or summary has a byte of either. Default false.
    /// </summary>
    public bool HashIds { get; set; }

    /// <summary>
    /// The secret that ids are hashed with: at least 16 bytes in hexadecimal or base64, as <c>openssl rand -hex 32</c> makes them. Needed for <c>HashIds</c>. Keep it in an environment
    /// variable or a file of secrets, not in the pipeline file. With another one nobody is known any more: a snapshot does not fit it.
    /// </summary>
    public string? Key { get; set; }

    /// <inheritdoc/>
    public IEnumerable<(string Option, string Message)> Validate()
    {
        bool given = !string.IsNullOrEmpty(Key);
        if (HashIds && !given) yield return (nameof(Key), $"is missing: HashIds needs a secret of at least {MinKeyBytes} bytes, as 'openssl rand -hex 32' makes them");
        if (given && Secret() is null) yield return (nameof(Key), $"is no {MinKeyBytes} bytes or more in hexadecimal or base64, as 'openssl rand -hex 32' makes them");
    }

    /// <summary>What breaks the rules among the source, the sinks and these options; to be called on valid ones.</summary>
    public IEnumerable<ConfigurationMistake> MistakesWith(IReadOnlyList<SinkConfiguration> sinks) =>
        sinks.Where(s => HashIds && s.Options is RecordLogSinkOptions)
            .Select(s => new ConfigurationMistake($"Sinks:{s.Id}", $"writes records as they came, with their ids, but Privacy:{nameof(HashIds)} is true: leave one of them out"));

    /// <summary>The rules for the source, with the list as it is now.</summary>
    /// <exception cref="ConfigurationException">The list cannot be read, or has a line that is none of it.</exception>
    public PrivacyRules Rules()
    {
        if (string.IsNullOrEmpty(Forgotten) || !File.Exists(Forgotten)) return new PrivacyRules(HashIds, []);
        try
        {
            using FileStream list = File.OpenRead(Forgotten);
            return new PrivacyRules(HashIds, ForgottenList.Read(list));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or DecoderFallbackException)
        {
            throw new ConfigurationException($"Privacy:{nameof(Forgotten)}", $"{Forgotten}: {e.Message}");
        }
    }

    /// <summary>What gives ids their keys; each stream has its own.</summary>
    public EntityKeyCodec Codec(ulong seed) => new(seed, secret: HashIds ? Secret() : null);

    /// <summary>The same for whoever needs keys alone: it keeps no name.</summary>
    public EntityKeyCodec NamelessCodec(ulong seed) => new(seed, maxNames: 0, HashIds ? Secret() : null);

    private byte[]? Secret()
    {
        string text = Key!.Trim();
        byte[]? bytes = text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit) ? Convert.FromHexString(text)
            : Base64.IsValid(text) ? Convert.FromBase64String(text)
            : null;
        return bytes?.Length >= MinKeyBytes ? bytes : null;
    }
}
