using System.Buffers.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Joining;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Formats;

/// <summary>
/// The field <c>source</c> of a record of a log: where it came from first (<see cref="RecordOrigin"/>), as <c>{"topic":0,"partition":3,"offset":123,"arrived":1690000000000000}</c>, integers
/// all, times in microseconds since the Unix epoch; with <c>"own":true</c> for what the engine itself has put into the stream. The first one of a record counts: the log writes it in front. A <c>source</c> that is no object is somebody else's, and ignored.
/// </summary>
/// <remarks>A record without one pays a comparison.</remarks>
internal struct SourceEnvelope
{
    private RecordOrigin _origin;

    /// <summary>Whether the record has one.</summary>
    public bool IsSaid { get; private set; }

    /// <summary>Whether it says that the record is the engine's own.</summary>
    public bool IsOwn { get; private set; }

    /// <summary>Whether the record may have a stage begin anew: in a log of a stream only what the engine itself has put there may.</summary>
    public readonly bool MayReset => !IsSaid || IsOwn;

    /// <summary>Forgets the record before.</summary>
    public void Clear() => (IsSaid, IsOwn) = (false, false);

    /// <summary>Takes the value of a field <c>source</c>, whose beginning was just read.</summary>
    public bool TryTake(scoped ref JsonCursor json, JsonValues values, out DecodeError error)
    {
        error = default;
        if (json.Value.Kind != JsonKind.Object || IsSaid) return json.TryPass(out _);
        Span<long> parts = [-1, -1, -1, -1];
        while (json.NextName())
        {
            if (!values.TryText(ref json, json.Value, out ReadOnlySpan<byte> name)) return false;
            int part = name.SequenceEqual("topic"u8) ? 0 : name.SequenceEqual("partition"u8) ? 1 : name.SequenceEqual("offset"u8) ? 2 : name.SequenceEqual("arrived"u8) ? 3 : -1;
            if (!json.TryRead()) return false;
            if (part < 0)
            {
                IsOwn |= name.SequenceEqual("own"u8) && json.Value.Kind == JsonKind.True;
                if (!json.TryPass(out _)) return false;
                continue;
            }

            long most = part switch { 0 => EventBytes.MaxTopics - 1, 1 => int.MaxValue, 2 => long.MaxValue - 1, _ => Times.Max };
            RejectionReason reason = parts[part] >= 0 ? RejectionReason.DuplicateKey
                : json.Value.Kind != JsonKind.Number || !Utf8Parser.TryParse(json[json.Value], out parts[part], out int read) || read != json.Value.Length ? RejectionReason.NotANumber
                : parts[part] < 0 || parts[part] > most ? RejectionReason.OutOfRange
                : RejectionReason.None;
            if (reason != RejectionReason.None) return Fail(reason, FieldNames.Source, out error);
        }

        if (json.Failure != RejectionReason.None) return false;
        if (parts.Contains(-1)) return Fail(RejectionReason.MissingField, FieldNames.Source, out error);
        _origin = new RecordOrigin((byte)parts[0], (int)parts[1], parts[2], parts[3]);
        IsSaid = true;
        return true;
    }

    /// <summary>Says of the record's event, if it gave one, where it came from.</summary>
    public readonly void Apply(ref EventWriter writer)
    {
        if (!IsSaid || writer.Added == 0) return;
        ref Event e = ref writer.Last;
        (e.Topic, e.Partition, e.Offset, e.ArrivalTime) = _origin;
    }
}
