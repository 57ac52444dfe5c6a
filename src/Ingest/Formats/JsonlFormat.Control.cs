using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Formats;

/// <content>
/// Control records: <c>{"control":"forget","user":"x"}</c> has every stage erase what it knows of a user. Two are the log's own: <c>{"control":"idle"}</c> says that a topic was silent,
/// <c>{"control":"reset","stage":"mf"}</c> has a stage begin anew. Where the log has it, <c>ts</c>. A <c>control</c> that is no text is somebody else's, and ignored.
/// </content>
public sealed partial class JsonlFormat
{
    private const int ControlKeysRead = (1 << (int)Key.Control) | (1 << (int)Key.User) | (1 << (int)Key.Stage) | (1 << (int)Key.Time);

    private bool TryControl(ref JsonCursor json, ref EventWriter writer, out DecodeError error)
    {
        error = default;
        ulong user = EntityKeyCodec.None, stage = 0;
        if (!_values.TryText(ref json, Field(Key.Control), out ReadOnlySpan<byte> name)) return false;
        ControlKind kind = name.SequenceEqual("forget"u8) ? ControlKind.Forget
            : name.SequenceEqual("idle"u8) ? ControlKind.Idle
            : name.SequenceEqual("reset"u8) ? ControlKind.Reset
            : ControlKind.None;
        if (kind == ControlKind.None || (kind == ControlKind.Reset && !_envelope.MayReset)) return Fail(RejectionReason.Malformed, FieldNames.Control, out error);
        if (kind == ControlKind.Forget && !Has(Key.User)) return Fail(RejectionReason.MissingField, FieldNames.User, out error);
        if (kind == ControlKind.Forget && !_values.TryEntity(ref json, Field(Key.User), ref writer, FieldNames.User, out user, out error)) return false;
        if (kind == ControlKind.Reset && Field(Key.Stage).Kind != JsonKind.String) return Fail(RejectionReason.MissingField, FieldNames.Stage, out error);
        if (kind == ControlKind.Reset)
        {
            if (!_values.TryText(ref json, Field(Key.Stage), out ReadOnlySpan<byte> id)) return false;
            stage = ControlMark.KeyOf(id);
        }

        if (!TryTime(ref json, writer.DefaultTime, out long time, out error)) return false;
        ref Event e = ref writer.Add();
        (e.Kind, e.User, e.Decision, e.Time, e.Chosen) = (EventKind.Control, user, stage, time, (int)kind);
        return true;
    }
}
