using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Formats;

/// <content>
/// Decisions: <c>actions</c>, <c>chosen</c> (a number is a 0-based index, a string an id), <c>propensity</c>, <c>reward</c>, and where the log has them
/// <c>ts</c>, <c>decision</c>, <c>user</c>, <c>context</c>, <c>position</c> (a categorical value of the context), <c>weight</c>, and with full information
/// <c>rewards</c> and <c>expected</c>, one number an action. Without <c>reward</c> it is that of the chosen action among the <c>rewards</c>; without either
/// the decision waits for its rewards, and needs its id. An action is an object with <c>id</c> and <c>x</c>, a vector, or <c>features</c>, an object like
/// the context; or its id alone. Without an id, its 0-based index is its id.
/// </content>
public sealed partial class JsonlFormat
{
    private static readonly ulong Position = FeatureKeys.Of("position"u8);

    private bool TryActions(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        error = default;
        if (json.Value.Kind != JsonKind.Array) return Fail(RejectionReason.Malformed, FieldNames.Actions, out error);
        int mark = writer.ActionMark;
        for (int place = 0; json.NextElement(); place++)
        {
            if (place == DecisionLimits.MaxActions) return Fail(RejectionReason.TooComplex, FieldNames.Actions, out error);
            int features = writer.FeatureMark;
            ulong id = EntityKeyCodec.None;
            bool good = json.Value.Kind == JsonKind.Object
                ? TryAction(ref json, ref writer, out id, out error)
                : _values.TryEntity(ref json, json.Value, ref writer, FieldNames.Actions, out id, out error);
            if (!good) return false;
            if (id == EntityKeyCodec.None) id = DecisionRules.KeyOfPlace(place, ref writer);
            writer.AddAction(new CandidateAction(id, writer.FeaturesSince(features)));
        }

        _actions = writer.ActionsSince(mark);
        return json.Failure == RejectionReason.None;
    }

    private bool TryAction(ref JsonCursor json, ref EventWriter writer, out ulong id, out DecodeError error)
    {
        const int Id = 1, Vector = 2, Named = 4;
        id = EntityKeyCodec.None;
        error = default;
        int seen = 0;
        while (json.NextName())
        {
            if (!_values.TryText(ref json, json.Value, out ReadOnlySpan<byte> name)) return false;
            int key = name.SequenceEqual("id"u8) ? Id : name.SequenceEqual("x"u8) ? Vector : name.SequenceEqual("features"u8) ? Named : 0;
            if ((seen & key) != 0) return Fail(RejectionReason.DuplicateKey, FieldNames.Actions, out error);
            seen |= key;
            if (!json.TryRead()) return false;
            if (json.Value.Kind == JsonKind.Null) continue;
            bool good = key switch
            {
                Id => _values.TryEntity(ref json, json.Value, ref writer, FieldNames.Actions, out id, out error),
                Vector => TryVector(ref json, ref writer, out error),
                Named => TryFeatures(ref json, ref writer, out error),
                _ => json.TryPass(out _),
            };
            if (!good) return false;
        }

        return json.Failure == RejectionReason.None;
    }

    private bool TryDecision(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        if (_actions.IsEmpty) return Fail(RejectionReason.EmptyActionSet, FieldNames.Actions, out error);
        if (!DecisionRules.AreDistinct(writer.Actions(_actions), _seen)) return Fail(RejectionReason.DuplicateAction, FieldNames.Actions, out error);
        if (!TryChosen(ref json, ref writer, out int chosen, out error)) return false;
        if (!Has(Key.Propensity)) return Fail(RejectionReason.PropensityMissing, FieldNames.Propensity, out error);
        if (!JsonValues.TryNumber(ref json, Field(Key.Propensity), FieldNames.Propensity, out double probability, out error)) return false;
        if (!DecisionRules.TryPropensity(probability, out double propensity, out error)) return false;
        if (!TryRewards(ref json, Key.Rewards, ref writer, out ArenaSpan rewards, out error)) return false;
        if (!TryRewards(ref json, Key.Expected, ref writer, out ArenaSpan expected, out error)) return false;
        double reward = rewards.IsEmpty ? double.NaN : writer.Rewards(rewards)[chosen], importance = 1;
        if (Has(Key.Reward) && !JsonValues.TryNumber(ref json, Field(Key.Reward), FieldNames.Reward, out reward, out error)) return false;
        ulong decision = 0, user = EntityKeyCodec.None;
        if (Has(Key.Decision) && !_values.TryDecision(ref json, Field(Key.Decision), FieldNames.Decision, out decision, out error)) return false;
        if (double.IsNaN(reward) && decision == 0) return Fail(RejectionReason.MissingField, FieldNames.Reward, out error);
        if (Has(Key.User) && !_values.TryEntity(ref json, Field(Key.User), ref writer, FieldNames.User, out user, out error)) return false;
        if (Has(Key.Weight) && !JsonValues.TryNumber(ref json, Field(Key.Weight), FieldNames.Weight, out importance, out error)) return false;
        if (!DecisionRules.TryWeight(importance, FieldNames.Weight, out float weight, out error)) return false;
        if (!TryTime(ref json, writer.DefaultTime, out long time, out error)) return false;
        if (Has(Key.Position) && !TryPosition(ref json, out error)) return false;
        ulong item = writer.Actions(_actions)[chosen].Id;
        ref Event e = ref writer.Add();
        (e.Kind, e.User, e.Item, e.Value, e.Time, e.Decision) = (EventKind.Decision, user, item, reward, time, decision);
        (e.Chosen, e.Propensity, e.Weight, e.Actions, e.Rewards, e.Expected) = (chosen, propensity, weight, _actions, rewards, expected);
        e.Features = _context.Flush(ref writer);
        return true;
    }

    private bool TryChosen(ref JsonCursor json, ref EventWriter writer, out int chosen, out DecodeError error)
    {
        error = default;
        chosen = -1;
        JsonValue value = Field(Key.Chosen);
        switch (value.Kind)
        {
            case JsonKind.None:
                return Fail(RejectionReason.MissingField, FieldNames.Chosen, out error);
            case JsonKind.Number:
                if (!JsonValues.TryNumber(ref json, value, FieldNames.Chosen, out double place, out error)) return false;
                if (place >= 0 && place < _actions.Length && place == Math.Floor(place)) chosen = (int)place;
                break;
            case JsonKind.String:
                if (!_values.TryEntity(ref json, value, ref writer, FieldNames.Chosen, out ulong id, out error)) return false;
                chosen = DecisionRules.IndexOf(writer.Actions(_actions), id);
                break;
            default:
                return Fail(RejectionReason.Malformed, FieldNames.Chosen, out error);
        }

        return chosen >= 0 || Fail(RejectionReason.ActionNotInSet, FieldNames.Chosen, out error);
    }

    /// <summary>A list of one number an action; empty where the record has none.</summary>
    private bool TryRewards(ref JsonCursor json, Key key, ref EventWriter writer, out ArenaSpan rewards, out DecodeError error)
    {
        rewards = default;
        error = default;
        if (!Has(key)) return true;
        string field = FieldOf(key);
        if (Field(key).Kind != JsonKind.Array) return Fail(RejectionReason.Malformed, field, out error);
        JsonCursor list = json.Again(Field(key));
        int mark = writer.RewardMark;
        while (list.NextElement())
        {
            if (writer.RewardMark - mark == _actions.Length) return Fail(RejectionReason.WrongLength, field, out error);
            if (!JsonValues.TryNumber(ref list, list.Value, field, out double reward, out error)) return false;
            writer.AddReward(reward);
        }

        rewards = writer.RewardsSince(mark);
        return rewards.Length == _actions.Length || Fail(RejectionReason.WrongLength, field, out error);
    }

    private bool TryPosition(ref JsonCursor json, out DecodeError error)
    {
        if (!_values.TryIdText(ref json, Field(Key.Position), FieldNames.Position, out ReadOnlySpan<byte> text, out error)) return false;
        if (text.Length > FeatureKeys.MaxBytes) return Fail(RejectionReason.TooComplex, FieldNames.Position, out error);
        _context.Add(FeatureKeys.Categorical(Position, text));
        return true;
    }
}
