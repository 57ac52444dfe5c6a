using System.Numerics;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <content>The keys of a record, and which kind of record reads which.</content>
public sealed partial class JsonlFormat
{
    private const int InteractionKeysRead = (1 << (int)Key.User) | (1 << (int)Key.Item) | (1 << (int)Key.Value) | (1 << (int)Key.Time);
    private const int OutcomeKeysRead = (1 << (int)Key.Decision) | (1 << (int)Key.Reward) | (1 << (int)Key.Id) | (1 << (int)Key.Time);
    private const int DecisionKeysRead = (1 << (int)Key.Time) | (1 << (int)Key.Decision) | (1 << (int)Key.User) | (1 << (int)Key.Chosen)
        | (1 << (int)Key.Propensity) | (1 << (int)Key.Reward) | (1 << (int)Key.Position) | (1 << (int)Key.Rewards) | (1 << (int)Key.Expected)
        | (1 << (int)Key.Weight);

    private enum Key
    {
        Other,
        User,
        Item,
        Value,
        Time,
        Context,
        Actions,
        Chosen,
        Propensity,
        Reward,
        Rewards,
        Expected,
        Position,
        Weight,
        Decision,
        Id,
        Source,
        Control,
        Stage,
        Count,
    }

    private static Key KeyOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 => name.SequenceEqual("ts"u8) ? Key.Time : name.SequenceEqual("id"u8) ? Key.Id : Key.Other,
        4 => name.SequenceEqual("user"u8) ? Key.User : name.SequenceEqual("item"u8) ? Key.Item : Key.Other,
        5 => name.SequenceEqual("value"u8) ? Key.Value : name.SequenceEqual("stage"u8) ? Key.Stage : Key.Other,
        6 => name.SequenceEqual("chosen"u8) ? Key.Chosen
            : name.SequenceEqual("reward"u8) ? Key.Reward
            : name.SequenceEqual("weight"u8) ? Key.Weight
            : name.SequenceEqual("source"u8) ? Key.Source
            : Key.Other,
        7 => name.SequenceEqual("actions"u8) ? Key.Actions
            : name.SequenceEqual("context"u8) ? Key.Context
            : name.SequenceEqual("rewards"u8) ? Key.Rewards
            : name.SequenceEqual("control"u8) ? Key.Control
            : Key.Other,
        8 => name.SequenceEqual("decision"u8) ? Key.Decision
            : name.SequenceEqual("expected"u8) ? Key.Expected
            : name.SequenceEqual("position"u8) ? Key.Position
            : Key.Other,
        10 => name.SequenceEqual("propensity"u8) ? Key.Propensity : Key.Other,
        _ => Key.Other,
    };

    private static string FieldOf(Key key) => key switch
    {
        Key.User => FieldNames.User,
        Key.Item => FieldNames.Item,
        Key.Value => FieldNames.Value,
        Key.Time => FieldNames.Time,
        Key.Context => FieldNames.Context,
        Key.Actions => FieldNames.Actions,
        Key.Chosen => FieldNames.Chosen,
        Key.Propensity => FieldNames.Propensity,
        Key.Reward => FieldNames.Reward,
        Key.Rewards => FieldNames.Rewards,
        Key.Expected => FieldNames.Expected,
        Key.Position => FieldNames.Position,
        Key.Weight => FieldNames.Weight,
        Key.Decision => FieldNames.Decision,
        Key.Control => FieldNames.Control,
        Key.Stage => FieldNames.Stage,
        _ => FieldNames.RewardId,
    };

    /// <summary>Whether a key among those that are <paramref name="read"/> came twice; the error names the first of them.</summary>
    private static bool IsTwice(int twice, int read, out DecodeError error)
    {
        twice &= read;
        error = twice == 0 ? default : new DecodeError(RejectionReason.DuplicateKey, FieldOf((Key)BitOperations.TrailingZeroCount(twice)));
        return twice != 0;
    }
}
