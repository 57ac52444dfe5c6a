using System.Text.Unicode;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Formats;

/// <summary>
/// Contextual bandit examples in Vowpal Wabbit's text form. <c>cb_adf</c>: a paragraph is a decision, each of its lines an action with its features,
/// after an optional first line <c>shared |...</c> with those of the context; the line of the action that was chosen has the label
/// <c>action:cost:probability</c> (the number is not read). <c>cb</c>, where the number of actions is given: a line is a decision, whose label tells the
/// 1-based action. The reward is minus the cost. An example without a label is a question that nobody answered: a <see cref="EventKind.Query"/>.
/// </summary>
/// <remarks>
/// The actions' ids are their tags if all lines have one and they differ, else their 0-based places; in <c>cb</c> their numbers from 1. There are neither
/// times nor users.
/// </remarks>
public sealed partial class VwFormat : IEventFormat
{
    private readonly int _count;
    private readonly KeySet _seen = new();
    private ulong[] _tags = [];
    private int _features;

    /// <summary>A format of paragraphs, or of lines.</summary>
    /// <param name="actions">Number of actions of <c>cb</c>, one line a decision; null for <c>cb_adf</c>, which lists them.</param>
    public VwFormat(int? actions = null) => _count = actions ?? 0;

    /// <inheritdoc/>
    public string Name => "vw";

    /// <inheritdoc/>
    public Framing Framing => _count > 0 ? Framing.Line : Framing.Paragraph;

    /// <summary>Whether a line is of this form; only this form has lines with a label, or <c>shared</c>, before a bar.</summary>
    public static bool LooksLike(ReadOnlySpan<byte> line, out bool isShared, out bool isLabelled)
    {
        bool good = VwLine.TryParse(line, out VwLine parsed, out _);
        (isShared, isLabelled) = (good && parsed.IsShared, good && parsed.IsLabelled);
        return good;
    }

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error)
    {
        _features = 0;
        bool good = !Utf8.IsValid(record) ? Fail(RejectionReason.InvalidUtf8, string.Empty, out error)
            : _count > 0 ? TryLine(record, ref writer, out error)
            : TryParagraph(record, ref writer, out error);
        if (!good) writer.Undo();
        return good;
    }

    private bool TryLine(ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error)
    {
        if (!VwLine.TryParse(record, out VwLine line, out error)) return false;
        if (line.IsShared) return Fail(RejectionReason.Malformed, FieldNames.Shared, out error);
        if (line.IsLabelled && (line.Action < 1 || line.Action > _count)) return Fail(RejectionReason.ActionNotInSet, FieldNames.Chosen, out error);
        int features = writer.FeatureMark, actions = writer.ActionMark;
        if (!TryFeatures(line.Features, FieldNames.Context, ref writer, out error)) return false;
        ArenaSpan context = writer.FeaturesSince(features);
        for (int i = 1; i <= _count; i++) writer.AddAction(new CandidateAction(DecisionRules.KeyOfPlace(i, ref writer), default));
        Add(ref writer, line.IsLabelled ? (int)line.Action - 1 : -1, line.Cost, line.Propensity, context, writer.ActionsSince(actions));
        return true;
    }

    private bool TryParagraph(ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error)
    {
        error = default;
        ArenaSpan context = default;
        int mark = writer.ActionMark, lines = 0, count = 0, tags = 0, chosen = -1;
        double cost = double.NaN;
        double propensity = double.NaN;
        foreach (System.Range range in record.Split((byte)'\n'))
        {
            if (!VwLine.TryParse(record[range].TrimEnd((byte)'\r'), out VwLine line, out error)) return false;
            int features = writer.FeatureMark;
            if (!TryFeatures(line.Features, line.IsShared ? FieldNames.Context : FieldNames.Features, ref writer, out error)) return false;
            if (line.IsShared)
            {
                if (lines++ > 0 || line.IsLabelled) return Fail(RejectionReason.Malformed, FieldNames.Shared, out error);
                context = writer.FeaturesSince(features);
                continue;
            }

            lines++;
            if (count == DecisionLimits.MaxActions) return Fail(RejectionReason.TooComplex, FieldNames.Actions, out error);
            if (line.IsLabelled)
            {
                if (chosen >= 0) return Fail(RejectionReason.Malformed, FieldNames.Label, out error);
                (chosen, cost, propensity) = (count, line.Cost, line.Propensity);
            }

            if (!line.Tag.IsEmpty)
            {
                if (tags == _tags.Length) Array.Resize(ref _tags, Math.Max(16, 2 * tags));
                if (!writer.TryKey(line.Tag, FieldNames.Actions, out _tags[tags++], out error)) return false;
            }

            writer.AddAction(new CandidateAction(DecisionRules.KeyOfPlace(count++, ref writer), writer.FeaturesSince(features)));
        }

        if (count == 0) return Fail(RejectionReason.EmptyActionSet, FieldNames.Actions, out error);
        ArenaSpan actions = writer.ActionsSince(mark);
        if (tags == count) NameActions(writer.Actions(actions));
        Add(ref writer, chosen, cost, propensity, context, actions);
        return true;
    }

    /// <summary>Gives the actions their tags as ids, if these differ.</summary>
    private void NameActions(Span<CandidateAction> actions)
    {
        _seen.Clear();
        for (int i = 0; i < actions.Length; i++)
        {
            if (!_seen.Add(_tags[i])) return;
        }

        for (int i = 0; i < actions.Length; i++) actions[i] = actions[i] with { Id = _tags[i] };
    }

    private static void Add(ref EventWriter writer, int chosen, double cost, double propensity, ArenaSpan context, ArenaSpan actions)
    {
        ulong item = chosen >= 0 ? writer.Actions(actions)[chosen].Id : EntityKeyCodec.None;
        ref Event e = ref writer.Add();
        (e.Kind, e.Features, e.Actions) = (EventKind.Query, context, actions);
        if (chosen >= 0) (e.Kind, e.Item, e.Value, e.Chosen, e.Propensity) = (EventKind.Decision, item, 0 - cost, chosen, propensity);
    }
}
