using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Formats;

/// <summary>
/// Decisions as the Open Bandit Dataset has them (Saito et al. 2020, arXiv:2008.07146): a csv whose header names <c>timestamp</c>, <c>item_id</c>,
/// <c>position</c>, <c>click</c>, <c>propensity_score</c> (or <c>action_prob</c>), <c>user_feature_k</c> and <c>user-item_affinity_k</c>, in any order; other
/// columns are skipped. There are as many actions as affinity columns, and their ids are 0 and up. The reward is the click; the context is the position
/// and the user's features, all categorical; an action's only feature is its <c>affinity</c>, left out where it is 0.
/// </summary>
/// <remarks>Fields may be quoted as in RFC 4180. The header is the only state; a file without one is refused.</remarks>
public sealed class ObdFormat : IEventFormat
{
    private static readonly ulong Affinity = FeatureKeys.Of("affinity"u8);

    private readonly FeatureBuffer _context = new();
    private ObdColumns _columns = ObdColumns.None;
    private float[] _affinities = [];
    private byte[] _scratch = [];

    /// <inheritdoc/>
    public string Name => "obd";

    /// <inheritdoc/>
    public Framing Framing => Framing.Line;

    /// <summary>Whether a first row names what makes an Open Bandit log: the chosen item, its propensity and the affinities.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> row)
    {
        ObdColumns columns = ObdColumns.OfHeader(row);
        return columns.Has(ObdRole.Item) && columns.Has(ObdRole.Propensity) && columns.Has(ObdRole.Affinity);
    }

    /// <inheritdoc/>
    public bool TryReadHeader(ReadOnlySpan<byte> record, out DecodeError error)
    {
        _columns = ObdColumns.OfHeader(record);
        _affinities = new float[_columns.Actions];
        error = _columns.Mistake is { } field ? new DecodeError(RejectionReason.MissingField, field) : default;
        return true;
    }

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error)
    {
        if (TryRow(record, ref writer, out error)) return true;
        writer.Undo();
        return false;
    }

    private bool TryRow(ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error)
    {
        error = default;
        _context.Clear();
        ReadOnlySpan<byte> time = default, item = default, click = default, propensity = default;
        FieldReader reader = new(record, (byte)',', record.Contains((byte)'"') ? Scratch(record.Length) : default);
        int column = 0;
        for (; reader.TryNext(out ReadOnlySpan<byte> field); column++)
        {
            if (column == _columns.Count) return Fail(RejectionReason.ExtraField, string.Empty, out error);
            switch (_columns.Role(column))
            {
                case ObdRole.Time:
                    time = field;
                    break;
                case ObdRole.Item:
                    item = field;
                    break;
                case ObdRole.Click:
                    click = field;
                    break;
                case ObdRole.Propensity:
                    propensity = field;
                    break;
                case ObdRole.Context when !field.IsEmpty:
                    if (!FeatureKeys.TryCategorical(_columns.Key(column), field, out Feature feature, out RejectionReason bad))
                        return Fail(bad, FieldNames.Context, out error);
                    _context.Add(feature);
                    break;
                case ObdRole.Affinity:
                    if (!TryAffinity(_columns.Action(column), field, out bad)) return Fail(bad, FieldNames.Features, out error);
                    break;
            }
        }

        if (reader.Malformed) return Fail(RejectionReason.Malformed, string.Empty, out error);
        if (column < _columns.Count) return Fail(RejectionReason.MissingField, string.Empty, out error);
        return TryFields(time, item, click, propensity, ref writer, out error);
    }

    private bool TryFields(
        ReadOnlySpan<byte> time,
        ReadOnlySpan<byte> item,
        ReadOnlySpan<byte> click,
        ReadOnlySpan<byte> propensity,
        ref EventWriter writer,
        out DecodeError error)
    {
        if (item.IsEmpty) return Fail(RejectionReason.MissingField, FieldNames.Chosen, out error);
        if (!Numbers.TryReal(item, out double place, out _) || !(place >= 0 && place < _columns.Actions) || place != Math.Floor(place))
            return Fail(RejectionReason.ActionNotInSet, FieldNames.Chosen, out error);
        if (propensity.IsEmpty) return Fail(RejectionReason.PropensityMissing, FieldNames.Propensity, out error);
        if (!Numbers.TryReal(propensity, out double number, out RejectionReason reason)) return Fail(reason, FieldNames.Propensity, out error);
        if (!DecisionRules.TryPropensity(number, out double probability, out error)) return false;
        if (!Numbers.TryReal(click, out double reward, out reason)) return Fail(reason, FieldNames.Reward, out error);
        long at = writer.DefaultTime;
        if (!time.IsEmpty && !Times.TryAny(time, out at, out reason)) return Fail(reason, FieldNames.Time, out error);

        int mark = writer.ActionMark, chosen = (int)place;
        for (int i = 0; i < _affinities.Length; i++)
        {
            int feature = writer.FeatureMark;
            if (_affinities[i] != 0) writer.AddFeature(new Feature(Affinity, _affinities[i]));
            writer.AddAction(new CandidateAction(DecisionRules.KeyOfPlace(i, ref writer), writer.FeaturesSince(feature)));
        }

        ArenaSpan actions = writer.ActionsSince(mark);
        ulong id = writer.Actions(actions)[chosen].Id;
        ref Event e = ref writer.Add();
        (e.Kind, e.Item, e.Value, e.Time) = (EventKind.Decision, id, reward, at);
        (e.Chosen, e.Propensity, e.Actions, e.Features) = (chosen, probability, actions, _context.Flush(ref writer));
        return true;
    }

    private bool TryAffinity(int action, ReadOnlySpan<byte> text, out RejectionReason reason)
    {
        _affinities[action] = 0;
        if (!Numbers.TryReal(text, out double number, out reason)) return false;
        _affinities[action] = (float)number;
        if (float.IsFinite(_affinities[action])) return true;
        reason = RejectionReason.NotFinite;
        return false;
    }

    private Span<byte> Scratch(int length)
    {
        if (_scratch.Length < length) _scratch = new byte[Math.Max(length, 2 * _scratch.Length)];
        return _scratch;
    }
}
