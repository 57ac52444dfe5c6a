using System.Buffers.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Formats;

/// <summary>What every decision must keep to, whatever its format.</summary>
internal static class DecisionRules
{
    /// <summary>
    /// Whether a finite number is a probability with which something happened: in (0, 1], and above 0 in single precision, too, so that one divided by it can
    /// be squared.
    /// </summary>
    public static bool TryPropensity(double value, out double propensity, out DecodeError error)
    {
        propensity = value;
        RejectionReason reason = value < 0 ? RejectionReason.PropensityNegative
            : value > 1 ? RejectionReason.PropensityAboveOne
            : (float)value == 0 ? RejectionReason.PropensityZero
            : RejectionReason.None;
        error = reason == RejectionReason.None ? default : new DecodeError(reason, FieldNames.Propensity);
        return reason == RejectionReason.None;
    }

    /// <summary>Whether a finite number is an importance: not negative, and finite in single precision.</summary>
    public static bool TryWeight(double value, string field, out float weight, out DecodeError error)
    {
        weight = (float)value;
        RejectionReason reason = value < 0 ? RejectionReason.OutOfRange : float.IsFinite(weight) ? RejectionReason.None : RejectionReason.NotFinite;
        error = reason == RejectionReason.None ? default : new DecodeError(reason, field);
        return reason == RejectionReason.None;
    }

    /// <summary>Whether the ids of the actions differ. Linear; <paramref name="seen"/> is overwritten.</summary>
    public static bool AreDistinct(ReadOnlySpan<CandidateAction> actions, KeySet seen)
    {
        seen.Clear();
        foreach (ref readonly CandidateAction action in actions)
        {
            if (!seen.Add(action.Id)) return false;
        }

        return true;
    }

    /// <summary>The place of the action with this id; -1 if there is none.</summary>
    public static int IndexOf(ReadOnlySpan<CandidateAction> actions, ulong id)
    {
        for (int i = 0; i < actions.Length; i++)
        {
            if (actions[i].Id == id) return i;
        }

        return -1;
    }

    /// <summary>Key of the id that an action without one has: its place in decimals.</summary>
    public static ulong KeyOfPlace(int place, ref EventWriter writer)
    {
        Span<byte> digits = stackalloc byte[11];
        Utf8Formatter.TryFormat(place, digits, out int length);
        writer.TryKey(digits[..length], FieldNames.Actions, out ulong key, out _);
        return key;
    }

    /// <summary>Gives the actions of <paramref name="span"/> their places as ids.</summary>
    public static void NumberActions(ArenaSpan span, ref EventWriter writer)
    {
        Span<CandidateAction> actions = writer.Actions(span);
        for (int i = 0; i < actions.Length; i++) actions[i] = actions[i] with { Id = KeyOfPlace(i, ref writer) };
    }
}
