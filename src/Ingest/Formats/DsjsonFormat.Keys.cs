namespace Streaming.Ingest.Formats;

/// <content>The keys of a record that are read.</content>
public sealed partial class DsjsonFormat
{
    private enum Key
    {
        Other,
        Cost,
        Probability,
        Action,
        Index,
        SkipLearn,
        Time,
        EnqueuedTime,
        EventId,
        Ranking,
        Probabilities,
        Body,
        Drop,
        Reward,
        Slots,
        Outcomes,
        Source,
        Control,
        Stage,
        Count,
    }

    private static Key KeyOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        1 => name[0] == (byte)'a' ? Key.Ranking : name[0] == (byte)'p' ? Key.Probabilities : name[0] == (byte)'c' ? Key.Body : Key.Other,
        5 => name.SequenceEqual("pdrop"u8) ? Key.Drop : name.SequenceEqual("stage"u8) ? Key.Stage : Key.Other,
        6 => name.SequenceEqual("_slots"u8) ? Key.Slots : name.SequenceEqual("source"u8) ? Key.Source : Key.Other,
        7 => name.SequenceEqual("EventId"u8) ? Key.EventId : name.SequenceEqual("control"u8) ? Key.Control : Key.Other,
        8 => name.SequenceEqual("event_id"u8) ? Key.EventId : Key.Other,
        9 => name.SequenceEqual("Timestamp"u8) ? Key.Time : name.SequenceEqual("_outcomes"u8) ? Key.Outcomes : Key.Other,
        10 => name.SequenceEqual("_skipLearn"u8) ? Key.SkipLearn : Key.Other,
        11 => name.SequenceEqual("_label_cost"u8) ? Key.Cost
            : name.SequenceEqual("_labelIndex"u8) ? Key.Index
            : name.SequenceEqual("RewardValue"u8) ? Key.Reward
            : Key.Other,
        13 => name.SequenceEqual("_label_Action"u8) ? Key.Action : Key.Other,
        15 => name.SequenceEqual("EnqueuedTimeUtc"u8) ? Key.EnqueuedTime : Key.Other,
        18 => name.SequenceEqual("_label_probability"u8) ? Key.Probability : Key.Other,
        _ => Key.Other,
    };

    private static string FieldOf(Key key) => key switch
    {
        Key.Cost or Key.Reward => FieldNames.Reward,
        Key.Probability or Key.Probabilities => FieldNames.Propensity,
        Key.Action or Key.Index or Key.Ranking => FieldNames.Chosen,
        Key.Time or Key.EnqueuedTime => FieldNames.Time,
        Key.EventId => FieldNames.Decision,
        Key.Drop => FieldNames.Drop,
        Key.Slots => FieldNames.Slots,
        Key.Outcomes => FieldNames.Outcomes,
        Key.Control => FieldNames.Control,
        Key.Stage => FieldNames.Stage,
        _ => FieldNames.Body,
    };
}
