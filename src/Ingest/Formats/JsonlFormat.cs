using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Formats;

/// <summary>
/// JSON objects, one a line: a record with <c>actions</c> is a decision; one with <c>decision</c> and <c>reward</c>, but no <c>item</c>, is a late
/// reward; one with <c>control</c> is a control record; any other is an interaction. Keys may come in any order; those that the record's kind does not have are ignored; null is the same as absence;
/// a key that is read must not come twice. Ids are strings, or integers, which are the same as their text. <c>ts</c> is Unix seconds, milliseconds or
/// microseconds, told apart by magnitude, or ISO 8601. <c>context</c> is an object of numbers, texts and truth values; what is nested in it is skipped.
/// </summary>
/// <remarks>
/// <para>Interaction: <c>user</c>, <c>item</c>, and where the log has them <c>value</c> (a number), <c>ts</c>, <c>context</c>.</para>
/// <para>Late reward: <c>decision</c>, <c>reward</c>, and where the log has them <c>ts</c> and <c>id</c>, the reward's own, by which it is known when it
/// comes twice: the event's item is its key (<see cref="DecisionKeys"/>).</para>
/// <para>Any kind: <c>source</c>, where the record came from first (<see cref="SourceEnvelope"/>), which logs of a stream have.</para>
/// <para>Decision and control: see the parts that read them. Nesting deeper than 32, more than 256 context values of an interaction, and what is beyond
/// <see cref="DecisionLimits"/>, are <see cref="RejectionReason.TooComplex"/>.</para>
/// </remarks>
public sealed partial class JsonlFormat : IEventFormat, IJsonFormat
{
    /// <summary>Most context values of an interaction.</summary>
    public const int MaxContext = 256;

    private readonly JsonValues _values = new();
    private readonly JsonValue[] _fields = new JsonValue[(int)Key.Count];
    private readonly KeySet _seen = new();
    private readonly FeatureBuffer _context = new();
    private SourceEnvelope _envelope;
    private ArenaSpan _actions;
    private int _features;

    /// <inheritdoc/>
    public string Name => "jsonl";

    /// <inheritdoc/>
    public Framing Framing => Framing.Line;

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error) =>
        JsonCursor.TryDecode(this, record, ref writer, out error);

    /// <inheritdoc/>
    bool IJsonFormat.TryRecord(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        const int ReadAtOnce = (1 << (int)Key.Context) | (1 << (int)Key.Actions);
        error = default;
        Array.Clear(_fields);
        _context.Clear();
        _envelope.Clear();
        (_actions, _features) = (default, 0);
        int seen = 0, twice = 0;
        while (json.NextName())
        {
            if (!_values.TryText(ref json, json.Value, out ReadOnlySpan<byte> name)) return false;
            Key key = KeyOf(name);
            int bit = key == Key.Other ? 0 : 1 << (int)key;
            if ((seen & bit & ReadAtOnce) != 0) return Fail(RejectionReason.DuplicateKey, FieldOf(key), out error);
            twice |= seen & bit;
            seen |= bit;
            if (!json.TryRead()) return false;
            if (json.Value.Kind == JsonKind.Null) continue;
            _fields[(int)key] = json.Value;
            bool good = key switch
            {
                Key.Context => TryContext(ref json, out error),
                Key.Actions => TryActions(ref json, ref writer, out error),
                Key.Source => _envelope.TryTake(ref json, _values, out error),
                _ => json.TryPass(out _fields[(int)key]),
            };
            if (!good) return false;
        }

        if (!json.TryEnd() || !TryKind(ref json, twice, ref writer, out error)) return false;
        _envelope.Apply(ref writer);
        return true;
    }

    private bool TryKind(ref JsonCursor json, int twice, ref EventWriter writer, out DecodeError error)
    {
        if (Field(Key.Control).Kind == JsonKind.String) return !IsTwice(twice, ControlKeysRead, out error) && TryControl(ref json, ref writer, out error);
        if (Has(Key.Actions)) return !IsTwice(twice, DecisionKeysRead, out error) && TryDecision(ref json, ref writer, out error);
        if (Has(Key.Decision) && Has(Key.Reward) && !Has(Key.Item))
            return !IsTwice(twice, OutcomeKeysRead, out error) && TryOutcome(ref json, ref writer, out error);
        return !IsTwice(twice, InteractionKeysRead, out error) && TryInteraction(ref json, ref writer, out error);
    }

    private bool TryInteraction(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        error = default;
        ulong user = EntityKeyCodec.None, item = EntityKeyCodec.None;
        double value = double.NaN;
        if (Has(Key.User) && !_values.TryEntity(ref json, Field(Key.User), ref writer, FieldNames.User, out user, out error)) return false;
        if (Has(Key.Item) && !_values.TryEntity(ref json, Field(Key.Item), ref writer, FieldNames.Item, out item, out error)) return false;
        if (Has(Key.Value) && !JsonValues.TryNumber(ref json, Field(Key.Value), FieldNames.Value, out value, out error)) return false;
        if (!TryTime(ref json, writer.DefaultTime, out long time, out error)) return false;
        if (user == EntityKeyCodec.None) return Fail(RejectionReason.MissingField, FieldNames.User, out error);
        if (item == EntityKeyCodec.None) return Fail(RejectionReason.MissingField, FieldNames.Item, out error);
        if (_context.Count > MaxContext) return Fail(RejectionReason.TooComplex, FieldNames.Context, out error);
        ref Event e = ref writer.Add();
        (e.User, e.Item, e.Value, e.Time, e.Features) = (user, item, value, time, _context.Flush(ref writer));
        return true;
    }

    private bool TryOutcome(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        ulong id = 0;
        if (!_values.TryDecision(ref json, Field(Key.Decision), FieldNames.Decision, out ulong decision, out error)) return false;
        if (!JsonValues.TryNumber(ref json, Field(Key.Reward), FieldNames.Reward, out double reward, out error)) return false;
        if (Has(Key.Id) && !_values.TryDecision(ref json, Field(Key.Id), FieldNames.RewardId, out id, out error)) return false;
        if (!TryTime(ref json, writer.DefaultTime, out long time, out error)) return false;
        ref Event e = ref writer.Add();
        (e.Kind, e.Decision, e.Item, e.Value, e.Time) = (EventKind.Outcome, decision, id, reward, time);
        return true;
    }

    private bool TryTime(ref JsonCursor json, long defaultTime, out long time, out DecodeError error)
    {
        (time, error) = (defaultTime, default);
        return !Has(Key.Time) || _values.TryTime(ref json, Field(Key.Time), out time, out error);
    }

    private bool Has(Key key) => _fields[(int)key].Kind != JsonKind.None;

    private JsonValue Field(Key key) => _fields[(int)key];
}
