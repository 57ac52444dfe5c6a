using Streaming.Abstractions.Sources;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Formats;

/// <summary>What stands before the first bar of a line of vw text: <c>shared</c>, or a label <c>action:cost:probability</c>, and a tag.</summary>
internal ref struct VwLine
{
    private const int NoAction = -1;

    /// <summary>Whether the line is the one that all actions share.</summary>
    public bool IsShared { get; private set; }

    /// <summary>Whether it has a label.</summary>
    public readonly bool IsLabelled => Action != NoAction;

    /// <summary>The label's action, as it is written.</summary>
    public long Action { get; private set; }

    /// <summary>The label's cost.</summary>
    public double Cost { get; private set; }

    /// <summary>The label's probability.</summary>
    public double Propensity { get; private set; }

    /// <summary>The tag: the word that touches the bar, or begins with an apostrophe; empty if there is none.</summary>
    public ReadOnlySpan<byte> Tag { get; private set; }

    /// <summary>What follows the first bar.</summary>
    public ReadOnlySpan<byte> Features { get; private set; }

    /// <summary>Reads the front of a line without its end. False, with the reason, if it has no bar, or something else before it.</summary>
    public static bool TryParse(ReadOnlySpan<byte> line, out VwLine result, out DecodeError error)
    {
        error = default;
        result = new VwLine { Action = NoAction };
        int bar = line.IndexOf((byte)'|');
        if (bar < 0) return Fail(RejectionReason.Malformed, string.Empty, out error);

        result.Features = line[(bar + 1)..];
        ReadOnlySpan<byte> front = line[..bar];
        while (TryWord(ref front, out ReadOnlySpan<byte> word))
        {
            bool good;
            if (word.SequenceEqual("shared"u8)) good = result.IsShared = !result.IsShared;
            else if (word[0] == (byte)'\'') good = result.TryTag(word[1..]);
            else if (word.Contains((byte)':')) good = result.TryLabel(word, out error);
            else good = front.IsEmpty && line[bar - 1] is not ((byte)' ' or (byte)'\t') && result.TryTag(word);
            if (good) continue;
            if (error.Reason == RejectionReason.None) error = new DecodeError(RejectionReason.Malformed, FieldNames.Label);
            return false;
        }

        return true;
    }

    /// <summary>The next word between spaces and tabs; false if there is none.</summary>
    public static bool TryWord(scoped ref ReadOnlySpan<byte> text, out ReadOnlySpan<byte> word)
    {
        text = text.TrimStart(" \t"u8);
        int end = text.IndexOfAny((byte)' ', (byte)'\t');
        word = end < 0 ? text : text[..end];
        text = end < 0 ? default : text[end..];
        return !word.IsEmpty;
    }

    private bool TryTag(ReadOnlySpan<byte> tag)
    {
        bool first = Tag.IsEmpty;
        Tag = tag;
        return first;
    }

    private bool TryLabel(ReadOnlySpan<byte> label, out DecodeError error)
    {
        error = default;
        if (IsLabelled || label.Count((byte)':') > 2) return false;
        int first = label.IndexOf((byte)':');
        ReadOnlySpan<byte> rest = label[(first + 1)..];
        int second = rest.IndexOf((byte)':');
        if (!Numbers.TryReal(label[..first], out double action, out _) || !(action >= 0 && action <= int.MaxValue) || action != Math.Floor(action)) return false;
        if (!TryNumber(second < 0 ? rest : rest[..second], FieldNames.Reward, out double cost, out error)) return false;
        if (second < 0 || second == rest.Length - 1) return Fail(RejectionReason.PropensityMissing, FieldNames.Propensity, out error);

        if (!TryNumber(rest[(second + 1)..], FieldNames.Propensity, out double probability, out error)) return false;
        if (!DecisionRules.TryPropensity(probability, out double propensity, out error)) return false;
        (Action, Cost, Propensity) = ((long)action, cost, propensity);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<byte> text, string field, out double number, out DecodeError error)
    {
        bool good = Numbers.TryReal(text, out number, out RejectionReason reason);
        error = good ? default : new DecodeError(reason, field);
        return good;
    }
}
