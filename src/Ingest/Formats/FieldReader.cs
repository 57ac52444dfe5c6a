namespace Streaming.Ingest.Formats;

/// <summary>
/// Cuts a record into its fields. A field that starts with a double quote follows RFC 4180, section 2: it ends at the next one that is not
/// doubled, a doubled one stands for itself, separators in it are text. A quoted field cannot hold a line break: records are lines.
/// </summary>
internal ref struct FieldReader
{
    private readonly byte _separator;
    private readonly Span<byte> _scratch;
    private ReadOnlySpan<byte> _rest;
    private int _scratchUsed;
    private bool _done;

    /// <summary>A reader at the start of <paramref name="record"/>.</summary>
    /// <param name="record">One line without its end.</param>
    /// <param name="separator">Between fields.</param>
    /// <param name="scratch">At least as long as the record; holds what quoted fields become, until the next record.</param>
    public FieldReader(ReadOnlySpan<byte> record, byte separator, Span<byte> scratch)
    {
        _rest = record;
        _separator = separator;
        _scratch = scratch;
    }

    /// <summary>Whether a quoted field had no end, or text after its end.</summary>
    public bool Malformed { get; private set; }

    /// <summary>The next field; false after the last, and where the record is malformed.</summary>
    public bool TryNext(out ReadOnlySpan<byte> field)
    {
        field = default;
        if (_done) return false;
        if (!_rest.IsEmpty && _rest[0] == (byte)'"') return TryQuoted(out field);
        int at = _rest.IndexOf(_separator);
        if (at < 0)
        {
            field = _rest;
            _done = true;
        }
        else
        {
            field = _rest[..at];
            _rest = _rest[(at + 1)..];
        }

        return true;
    }

    private bool TryQuoted(out ReadOnlySpan<byte> field)
    {
        int start = _scratchUsed;
        ReadOnlySpan<byte> text = _rest[1..];
        while (true)
        {
            int quote = text.IndexOf((byte)'"');
            if (quote < 0) return Fail(out field);
            text[..quote].CopyTo(_scratch[_scratchUsed..]);
            _scratchUsed += quote;
            text = text[(quote + 1)..];
            if (text.IsEmpty || text[0] != (byte)'"') break;
            _scratch[_scratchUsed++] = (byte)'"';
            text = text[1..];
        }

        if (!text.IsEmpty && text[0] != _separator) return Fail(out field);
        _done = text.IsEmpty;
        _rest = text.IsEmpty ? default : text[1..];
        field = _scratch[start.._scratchUsed];
        return true;
    }

    private bool Fail(out ReadOnlySpan<byte> field)
    {
        field = default;
        Malformed = true;
        _done = true;
        return false;
    }
}
