using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Formats;

/// <summary>
/// Interactions as rows of separated fields. Columns have roles: user, item, value, ts, skipped, or context: a context value that is a
/// number becomes a numeric feature of its column's name, another text a categorical one, an empty one none. A row may end before its time and its context; an
/// id or value that its columns promise must be there. Without a value column, events carry no value.
/// </summary>
/// <remarks>
/// Fields may be quoted as in RFC 4180, but a line break inside quotes is not supported: records are lines, and such a row is malformed.
/// Roles come from <c>Source:Columns</c>, else from the file's header, else they are user, item, value, ts. After a file whose header said otherwise, one
/// without a header is an error: nothing says what its columns are.
/// </remarks>
public sealed class SeparatedFormat : IEventFormat
{
    private readonly ColumnMap? _explicitColumns;
    private readonly bool? _header;
    private readonly bool _guess;
    private ColumnMap _columns;
    private bool _headed;
    private byte _separator;
    private byte[] _scratch = [];

    /// <summary>A format of this name.</summary>
    /// <param name="name"><c>csv</c> or <c>tsv</c>.</param>
    /// <param name="columns">Roles as in <c>Source:Columns</c>; null: from the header, or the default.</param>
    /// <param name="header">Whether the first row is a header; null: if neither its value nor its time can be read.</param>
    /// <param name="separator">Between fields; null: the likeliest of comma, semicolon, tab and bar, by each file's first row.</param>
    public SeparatedFormat(string name, string? columns = null, bool? header = null, byte? separator = null)
    {
        Name = name;
        _explicitColumns = columns is null ? null : ColumnMap.Parse(columns);
        _columns = _explicitColumns ?? ColumnMap.Default;
        _header = header;
        _guess = separator is null;
        _separator = separator ?? (byte)',';
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Framing Framing => Framing.Line;

    /// <inheritdoc/>
    public bool TryReadHeader(ReadOnlySpan<byte> record, out DecodeError error)
    {
        error = default;
        if (_guess) _separator = Separators.Guess(record) is byte found and not 0 ? found : (byte)',';
        _columns = _explicitColumns ?? ColumnMap.Default;
        List<byte[]> fields = [];
        FieldReader reader = new(record, _separator, Scratch(record.Length));
        while (reader.TryNext(out ReadOnlySpan<byte> field)) fields.Add(field.ToArray());
        if (reader.Malformed || !(_header ?? IsHeader(fields)))
        {
            if (_headed) error = new DecodeError(RejectionReason.MissingField, FieldNames.Header);
            return _headed;
        }

        if (_explicitColumns is not null) return true;
        _columns = ColumnMap.OfHeader(fields);
        _headed |= !ColumnMap.Default.Roles.StartsWith(_columns.Roles);
        if (!_columns.HasUser) error = new DecodeError(RejectionReason.MissingField, FieldNames.User);
        else if (!_columns.HasItem) error = new DecodeError(RejectionReason.MissingField, FieldNames.Item);
        return true;
    }

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error)
    {
        ReadOnlySpan<byte> user = default, item = default, value = default, time = default;
        ReadOnlySpan<ColumnRole> roles = _columns.Roles;
        int mark = writer.FeatureMark, column = 0;
        FieldReader reader = new(record, _separator, record.Contains((byte)'"') ? Scratch(record.Length) : default);
        for (; reader.TryNext(out ReadOnlySpan<byte> field); column++)
        {
            if (column == roles.Length) return TakeBack(RejectionReason.ExtraField, string.Empty, ref writer, out error);
            switch (roles[column])
            {
                case ColumnRole.User:
                    user = field;
                    break;
                case ColumnRole.Item:
                    item = field;
                    break;
                case ColumnRole.Value:
                    value = field;
                    break;
                case ColumnRole.Time:
                    time = field;
                    break;
                case ColumnRole.Context when !field.IsEmpty:
                    if (!FeatureKeys.TryFeature(_columns.Key(column), field, out Feature feature, out RejectionReason bad))
                        return TakeBack(bad, FieldNames.Context, ref writer, out error);
                    writer.AddFeature(feature);
                    break;
            }
        }

        if (reader.Malformed) return TakeBack(RejectionReason.Malformed, string.Empty, ref writer, out error);
        if (!TryFields(user, item, value, time, ref writer, mark, out error))
        {
            writer.Undo();
            return false;
        }

        return true;
    }

    private bool TryFields(
        ReadOnlySpan<byte> user,
        ReadOnlySpan<byte> item,
        ReadOnlySpan<byte> value,
        ReadOnlySpan<byte> time,
        ref EventWriter writer,
        int mark,
        out DecodeError error)
    {
        error = default;
        ulong userKey = 0, itemKey = 0;
        if (_columns.HasUser && !writer.TryKey(user, FieldNames.User, out userKey, out error)) return false;
        if (_columns.HasItem && !writer.TryKey(item, FieldNames.Item, out itemKey, out error)) return false;
        double number = double.NaN;
        if (_columns.HasValue && !Numbers.TryReal(value, out number, out RejectionReason reason)) return Fail(reason, FieldNames.Value, out error);

        long at = writer.DefaultTime;
        if (!time.IsEmpty && !Times.TryAny(time, out at, out reason)) return Fail(reason, FieldNames.Time, out error);

        ref Event e = ref writer.Add();
        (e.User, e.Item, e.Value, e.Time, e.Features) = (userKey, itemKey, number, at, writer.FeaturesSince(mark));
        return true;
    }

    private static bool TakeBack(RejectionReason reason, string field, ref EventWriter writer, out DecodeError error)
    {
        writer.Undo();
        return Fail(reason, field, out error);
    }

    /// <summary>
    /// Whether a first row is a header: it has a value or a time by its columns, and what it has there can be read as neither. Where the columns
    /// have neither, or are not given, a row that names a user and an item column is one, too.
    /// </summary>
    private bool IsHeader(List<byte[]> fields)
    {
        bool seen = false, read = false, user = false, item = false;
        for (int i = 0; i < fields.Count; i++)
        {
            ColumnRole role = i < _columns.Roles.Length ? _columns.Roles[i] : ColumnRole.Skip, known = ColumnMap.KnownRole(fields[i]);
            user |= known == ColumnRole.User;
            item |= known == ColumnRole.Item;
            if (role is not (ColumnRole.Value or ColumnRole.Time) || fields[i].Length == 0) continue;
            seen = true;
            read |= role == ColumnRole.Value
                ? Numbers.TryReal(fields[i], out _, out RejectionReason reason) || reason == RejectionReason.NotFinite
                : Times.TryAny(fields[i], out _, out reason) || reason == RejectionReason.TimeOutOfRange;
        }

        return (seen && !read) || (user && item && !read);
    }

    private Span<byte> Scratch(int length)
    {
        if (_scratch.Length < length) _scratch = new byte[Math.Max(length, 2 * _scratch.Length)];
        return _scratch;
    }
}
