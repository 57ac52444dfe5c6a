using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;
using static Streaming.Ingest.Formats.Failures;

namespace Streaming.Ingest.Items;

/// <summary>
/// Items as rows of separated fields, which may be quoted as in RFC 4180. Columns have roles: item, title, born, expires, skipped, or a feature. A feature's text that has a bar is a
/// list, one that is a number a numeric feature, another a categorical one, an empty one none; <c>name:number</c>, <c>name:category</c> and <c>name:list</c> leave no choice.
/// A row may end before its features.
/// </summary>
/// <remarks>One caller at a time.</remarks>
internal sealed class SeparatedItemFormat : IItemFormat
{
    private readonly byte _separator;
    private readonly bool _given;
    private ItemColumnMap _columns;
    private byte[] _scratch = [];
    private ItemLife _life;

    /// <summary>A format of this name.</summary>
    /// <param name="name"><c>csv</c> or <c>tsv</c>.</param>
    /// <param name="columns">Roles as in <c>Source:ItemColumns</c>; null: from the header.</param>
    /// <param name="separator">Between fields.</param>
    public SeparatedItemFormat(string name, string? columns, byte separator)
    {
        (Name, _given, _separator) = (name, columns is not null, separator);
        _columns = ItemColumnMap.Parse(columns ?? "item");
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public Framing Framing => Framing.Line;

    /// <inheritdoc/>
    public ItemLife Life => _life;

    /// <inheritdoc/>
    public string? Title { get; private set; }

    /// <summary>Whether the first row is a header: always where the columns are not given, else where what it has for the item is a name of that column.</summary>
    /// <inheritdoc/>
    public bool TryReadHeader(ReadOnlySpan<byte> record, out DecodeError error)
    {
        error = default;
        List<byte[]> fields = [];
        FieldReader reader = new(record, _separator, Scratch(record.Length));
        while (reader.TryNext(out ReadOnlySpan<byte> field)) fields.Add(field.ToArray());
        if (_given)
        {
            int item = _columns.Roles.IndexOf(ItemColumnRole.Item);
            return item < fields.Count && ItemColumnMap.KnownRole(fields[item]) == ItemColumnRole.Item;
        }

        _columns = ItemColumnMap.OfHeader(fields);
        if (!_columns.HasItem) error = new DecodeError(RejectionReason.MissingField, FieldNames.Item);
        return true;
    }

    /// <inheritdoc/>
    public bool TryDecode(ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error)
    {
        (Title, _life) = (null, ItemLife.Always);
        if (TryFields(record, ref writer, out error)) return true;
        writer.Undo();
        return false;
    }

    private bool TryFields(ReadOnlySpan<byte> record, ref EventWriter writer, out DecodeError error)
    {
        ReadOnlySpan<byte> item = default;
        ReadOnlySpan<ItemColumnRole> roles = _columns.Roles;
        int mark = writer.FeatureMark, column = 0;
        FieldReader reader = new(record, _separator, record.Contains((byte)'"') ? Scratch(record.Length) : default);
        for (; reader.TryNext(out ReadOnlySpan<byte> field); column++)
        {
            if (column == roles.Length) return Fail(RejectionReason.ExtraField, string.Empty, out error);
            if (field.IsEmpty) continue;
            if (roles[column] == ItemColumnRole.Item) item = field;
            else if (roles[column] >= ItemColumnRole.Feature && !TryFeature(column, field, ref writer, out RejectionReason reason)) return Fail(reason, FieldNames.Features, out error);
            else if (!TryOwn(roles[column], field, out error)) return false;
            if (writer.FeatureMark - mark > ItemFeatures.Max) return Fail(RejectionReason.TooComplex, FieldNames.Features, out error);
        }

        if (reader.Malformed) return Fail(RejectionReason.Malformed, string.Empty, out error);
        if (!writer.TryKey(item, FieldNames.Item, out ulong key, out error)) return false;
        if (_life.Born >= _life.Expires) return Fail(RejectionReason.OutOfRange, FieldNames.Expires, out error);
        ref Event e = ref writer.Add();
        (e.Item, e.Features) = (key, writer.FeaturesSince(mark));
        return true;
    }

    private bool TryFeature(int column, ReadOnlySpan<byte> text, ref EventWriter writer, out RejectionReason reason)
    {
        ulong name = _columns.Key(column);
        ItemColumnRole role = _columns.Roles[column];
        if (role == ItemColumnRole.List || (role == ItemColumnRole.Feature && text.Contains((byte)'|'))) return ItemFeatures.TryList(name, text, ref writer, out reason);
        Feature feature = default;
        bool good = role switch
        {
            ItemColumnRole.Number => Numbers.TryReal(text, out double number, out reason) && FeatureKeys.TryNumeric(name, number, out feature, out reason),
            ItemColumnRole.Category => FeatureKeys.TryCategorical(name, text, out feature, out reason),
            _ => FeatureKeys.TryFeature(name, text, out feature, out reason),
        };
        if (good) writer.AddFeature(feature);
        return good;
    }

    private bool TryOwn(ItemColumnRole role, ReadOnlySpan<byte> field, out DecodeError error)
    {
        error = default;
        if (role == ItemColumnRole.Title) Title = ItemFeatures.Title(field);
        if (role is not (ItemColumnRole.Born or ItemColumnRole.Expires)) return true;
        if (!Times.TryAny(field, out long time, out RejectionReason reason)) return Fail(reason, role == ItemColumnRole.Born ? FieldNames.Born : FieldNames.Expires, out error);
        _life = role == ItemColumnRole.Born ? _life with { Born = time } : _life with { Expires = time };
        return true;
    }

    private Span<byte> Scratch(int length)
    {
        if (_scratch.Length < length) _scratch = new byte[Math.Max(length, 2 * _scratch.Length)];
        return _scratch;
    }
}
