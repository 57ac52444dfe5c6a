using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Formats;

/// <summary>
/// Records of a decision service as Vowpal Wabbit reads them ("DSJSON"), one a line. A decision: <c>c</c> with its features and, under <c>_multi</c>, its
/// actions; <c>_labelIndex</c> (0-based), else <c>_label_Action</c> (1-based), else the first of <c>a</c> (1-based) is the action that was chosen;
/// <c>_label_probability</c>, else, where <c>a</c> told the action, the first of <c>p</c> its probability; the reward is minus <c>_label_cost</c>; without
/// a cost the decision waits for its rewards by its <c>EventId</c>. A late reward: <c>RewardValue</c> and <c>EventId</c>. Other keys are ignored.
/// </summary>
/// <remarks>
/// <para><c>pdrop</c> is the probability with which a record like this was left out of the log: its weight is 1/(1 - pdrop). A record with
/// <c>_skipLearn</c> is good and gives no event. Records of several slots are <see cref="RejectionReason.Malformed"/>.</para>
/// <para>An action's id is its <c>_tag</c>, else the first feature called <c>id</c> in it that can be an id, else its 0-based index; where two actions come
/// to the same, all have their indices.</para>
/// </remarks>
public sealed partial class DsjsonFormat : IEventFormat, IJsonFormat
{
    private readonly JsonValues _values = new();
    private readonly JsonValue[] _fields = new JsonValue[(int)Key.Count];
    private readonly KeySet _seen = new();
    private readonly FeatureBuffer _context = new();
    private SourceEnvelope _envelope;
    private ArenaSpan _actions;
    private int _features;

    /// <inheritdoc/>
    public string Name => "dsjson";

    /// <inheritdoc/>
    public Framing Framing => Framing.Line;

    /// <summary>Whether a line has the keys that only a decision service writes.</summary>
    public static bool LooksLike(ReadOnlySpan<byte> line) =>
        line.IndexOf("\"_label_cost\""u8) >= 0 || line.IndexOf("\"_label_probability\""u8) >= 0 || line.IndexOf("\"_multi\""u8) >= 0
        || (line.IndexOf("\"RewardValue\""u8) >= 0 && line.IndexOf("\"EventId\""u8) >= 0);

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error) =>
        JsonCursor.TryDecode(this, record, ref writer, out error);

    /// <inheritdoc/>
    bool IJsonFormat.TryRecord(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        const int ManyTimes = (1 << (int)Key.Source) | (1 << (int)Key.Stage);
        error = default;
        Array.Clear(_fields);
        _context.Clear();
        _envelope.Clear();
        (_actions, _features) = (default, 0);
        int seen = 0;
        while (json.NextName())
        {
            if (!_values.TryText(ref json, json.Value, out ReadOnlySpan<byte> name)) return false;
            Key key = KeyOf(name);
            int bit = key == Key.Other ? 0 : 1 << (int)key;
            if ((seen & bit & ~ManyTimes) != 0) return Fail(RejectionReason.DuplicateKey, FieldOf(key), out error);
            seen |= bit;
            if (!json.TryRead()) return false;
            if (json.Value.Kind == JsonKind.Null) continue;
            _fields[(int)key] = json.Value;
            bool good = key switch
            {
                Key.Body => TryBody(ref json, ref writer, out error),
                Key.Source => _envelope.TryTake(ref json, _values, out error),
                _ => json.TryPass(out _fields[(int)key]),
            };
            if (!good) return false;
        }

        if (!json.TryEnd() || !TryKind(ref json, ref writer, out error)) return false;
        _envelope.Apply(ref writer);
        return true;
    }

    private bool TryKind(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        error = default;
        if (Has(Key.Control) && !Has(Key.Body)) return TryControl(ref json, ref writer, out error);
        if (Has(Key.Outcomes) || Has(Key.Slots)) return Fail(RejectionReason.Malformed, FieldOf(Has(Key.Outcomes) ? Key.Outcomes : Key.Slots), out error);
        if (Has(Key.Reward) && !Has(Key.Body)) return TryOutcome(ref json, ref writer, out error);
        if (_fields[(int)Key.SkipLearn].Kind != JsonKind.True) return TryDecision(ref json, ref writer, out error);
        writer.Undo();
        return true;
    }

    /// <summary>The log's own marks, of a silent topic and of a stage that begins anew: no other control record has a place here, for there are no users.</summary>
    private bool TryControl(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        error = default;
        JsonValue value = Field(Key.Control), stage = Field(Key.Stage);
        ControlKind kind = value.Kind != JsonKind.String ? ControlKind.None
            : json[value].SequenceEqual("idle"u8) ? ControlKind.Idle
            : json[value].SequenceEqual("reset"u8) ? ControlKind.Reset
            : ControlKind.None;
        if (kind == ControlKind.None || (kind == ControlKind.Reset && !_envelope.MayReset)) return Fail(RejectionReason.Malformed, FieldNames.Control, out error);
        if (kind == ControlKind.Reset && stage.Kind != JsonKind.String) return Fail(RejectionReason.MissingField, FieldNames.Stage, out error);
        scoped ReadOnlySpan<byte> id = default;
        if (kind == ControlKind.Reset && !_values.TryText(ref json, stage, out id)) return false;
        ref Event e = ref writer.Add();
        (e.Kind, e.Chosen, e.Decision) = (EventKind.Control, (int)kind, kind == ControlKind.Reset ? ControlMark.KeyOf(id) : 0);
        return true;
    }

    private bool TryOutcome(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        if (!Has(Key.EventId)) return Fail(RejectionReason.MissingField, FieldNames.Decision, out error);
        if (!_values.TryDecision(ref json, Field(Key.EventId), FieldNames.Decision, out ulong decision, out error)) return false;
        if (!JsonValues.TryNumber(ref json, Field(Key.Reward), FieldNames.Reward, out double reward, out error)) return false;
        if (!TryTime(ref json, Has(Key.EnqueuedTime) ? Key.EnqueuedTime : Key.Time, writer.DefaultTime, out long time, out error)) return false;
        ref Event e = ref writer.Add();
        (e.Kind, e.Decision, e.Value, e.Time) = (EventKind.Outcome, decision, reward, time);
        return true;
    }

    private bool TryDecision(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        if (!Has(Key.Body)) return Fail(RejectionReason.MissingField, FieldNames.Body, out error);
        if (_actions.IsEmpty) return Fail(RejectionReason.EmptyActionSet, FieldNames.Multi, out error);
        if (!TryChosen(ref json, out int chosen, out error)) return false;
        if (!TryProbability(ref json, out double propensity, out error)) return false;
        ulong decision = 0;
        double cost = double.NaN, drop = 0;
        if (Has(Key.Cost) && !JsonValues.TryNumber(ref json, Field(Key.Cost), FieldNames.Reward, out cost, out error)) return false;
        if (Has(Key.EventId) && !_values.TryDecision(ref json, Field(Key.EventId), FieldNames.Decision, out decision, out error)) return false;
        if (!Has(Key.Cost) && decision == 0) return Fail(RejectionReason.MissingField, FieldNames.Reward, out error);
        if (Has(Key.Drop) && !JsonValues.TryNumber(ref json, Field(Key.Drop), FieldNames.Drop, out drop, out error)) return false;
        if (drop is < 0 or >= 1) return Fail(RejectionReason.OutOfRange, FieldNames.Drop, out error);
        if (!TryTime(ref json, Key.Time, writer.DefaultTime, out long time, out error)) return false;
        if (!DecisionRules.AreDistinct(writer.Actions(_actions), _seen)) DecisionRules.NumberActions(_actions, ref writer);
        ulong item = writer.Actions(_actions)[chosen].Id;
        ref Event e = ref writer.Add();
        (e.Kind, e.Item, e.Value, e.Time, e.Decision) = (EventKind.Decision, item, 0 - cost, time, decision);
        (e.Chosen, e.Propensity, e.Weight, e.Actions) = (chosen, propensity, (float)(1 / (1 - drop)), _actions);
        e.Features = _context.Flush(ref writer);
        return true;
    }

    private bool TryChosen(ref JsonCursor json, out int chosen, out DecodeError error)
    {
        error = default;
        chosen = -1;
        double place;
        if (Has(Key.Index))
        {
            if (!JsonValues.TryNumber(ref json, Field(Key.Index), FieldNames.Chosen, out place, out error)) return false;
        }
        else if (Has(Key.Action))
        {
            if (!JsonValues.TryNumber(ref json, Field(Key.Action), FieldNames.Chosen, out place, out error)) return false;
            place--;
        }
        else
        {
            if (!TryFirst(ref json, Key.Ranking, RejectionReason.MissingField, FieldNames.Chosen, out place, out error)) return false;
            place--;
        }

        if (place >= 0 && place < _actions.Length && place == Math.Floor(place)) chosen = (int)place;
        return chosen >= 0 || Fail(RejectionReason.ActionNotInSet, FieldNames.Chosen, out error);
    }

    private bool TryProbability(ref JsonCursor json, out double propensity, out DecodeError error)
    {
        propensity = 0;
        double number;
        bool labelled = Has(Key.Probability) || Has(Key.Index) || Has(Key.Action);
        if (labelled && !Has(Key.Probability)) return Fail(RejectionReason.PropensityMissing, FieldNames.Propensity, out error);
        bool read = labelled
            ? JsonValues.TryNumber(ref json, Field(Key.Probability), FieldNames.Propensity, out number, out error)
            : TryFirst(ref json, Key.Probabilities, RejectionReason.PropensityMissing, FieldNames.Propensity, out number, out error);
        return read && DecisionRules.TryPropensity(number, out propensity, out error);
    }

    /// <summary>The first number of a list; <paramref name="missing"/> if there is none.</summary>
    private bool TryFirst(ref JsonCursor json, Key key, RejectionReason missing, string field, out double number, out DecodeError error)
    {
        number = double.NaN;
        if (Field(key).Kind != JsonKind.Array) return Fail(missing, field, out error);
        JsonCursor list = json.Again(Field(key));
        return list.NextElement() ? JsonValues.TryNumber(ref list, list.Value, field, out number, out error) : Fail(missing, field, out error);
    }

    private bool TryTime(ref JsonCursor json, Key key, long defaultTime, out long time, out DecodeError error)
    {
        (time, error) = (defaultTime, default);
        return !Has(key) || _values.TryTime(ref json, Field(key), out time, out error);
    }

    private bool Has(Key key) => _fields[(int)key].Kind != JsonKind.None;

    private JsonValue Field(Key key) => _fields[(int)key];
}
