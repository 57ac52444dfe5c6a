using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Files;
using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Items;

/// <summary>Reads the file that <see cref="SourceOptions.Items"/> names: at once and whole, plain or gzip. Linear in its length.</summary>
public static class ItemFile
{
    /// <summary>The listing of the file that valid options name; null where they name none.</summary>
    /// <param name="options">The file, its form and its bounds.</param>
    /// <param name="keys">Gives ids the keys that a log's have; where it hashes ids, titles are not kept either.</param>
    /// <exception cref="SourceException">The file cannot be read or understood, or has more items than <see cref="SourceOptions.ItemCapacity"/>.</exception>
    /// <exception cref="BadRecordsException">More records are bad than <see cref="SourceOptions.MaxBadRatio"/> allows.</exception>
    public static ItemListing? Read(SourceOptions options, EntityKeyCodec keys)
    {
        if (options.Items is not { Length: > 0 } path) return null;
        using LogFile file = LogFile.Open(path, () => throw new SourceException("Source:Items names '-': the items are read from a file."));
        try
        {
            return Read(file, options, keys);
        }
        catch (Exception e) when (LogFile.IsReadFailure(e))
        {
            throw LogFile.Failure(path, e);
        }
    }

    private static ItemListing Read(LogFile file, SourceOptions options, EntityKeyCodec keys)
    {
        LineReader lines = new(file.Content, options.MaxLineBytes);
        lines.SkipByteOrderMark();
        IItemFormat format = ItemFormats.Create(options, lines.Peek(FormatDetector.SampleBytes), file.Path);
        ItemCatalogue.Builder items = new();
        List<string> shown = [];
        long records = 0, bad = 0;
        bool headerDue = true;
        using BatchPool pool = new(1, 1, 0, 0);
        BatchLease lease = pool.Rent();
        while (lines.TryRead(out ReadOnlySpan<byte> line))
        {
            if (line.IsEmpty) continue;
            if (headerDue && IsHeader(format, lines, line, file.Path, ref headerDue)) continue;
            records++;
            DecodeError error = new(RejectionReason.LineTooLong, string.Empty);
            if (!lines.TooLong && TryTake(format, line, lease.Batch, keys, items, out error))
            {
                if (items.Count <= options.ItemCapacity) continue;
                throw new SourceException($"{file.Path}: has more than {options.ItemCapacity} items, line {lines.FirstLine} is one more. Raise Source:ItemCapacity.");
            }

            bad++;
            if (shown.Count < ItemListing.ShownBad) shown.Add(new BadRecord(file.Path, lines.FirstLine, error).ToString());
        }

        lease.Release();
        if (bad > options.MaxBadRatio * records)
        {
            throw new BadRecordsException($"{bad} of {records} records of {file.Path} are bad ({100.0 * bad / records:0.###} %); Source:MaxBadRatio allows {100 * options.MaxBadRatio:0.###} %. "
                + $"The first: {shown[0]}.");
        }

        return new ItemListing(file.Path, items.Build(), records, bad, shown);
    }

    private static bool IsHeader(IItemFormat format, LineReader lines, ReadOnlySpan<byte> line, string path, ref bool due)
    {
        due = false;
        if (lines.TooLong || !format.TryReadHeader(line, out DecodeError error)) return false;
        if (error.Reason == RejectionReason.None) return true;
        throw new SourceException($"{path}: the header has no column for {error.Field}; say what the columns are with --set Source:ItemColumns=item,title,... (any order, '-' skips one).");
    }

    private static bool TryTake(IItemFormat format, ReadOnlySpan<byte> line, EventBatch batch, EntityKeyCodec keys, ItemCatalogue.Builder items, out DecodeError error)
    {
        EventWriter writer = new(batch, keys, 0);
        if (!format.TryDecode(line, ref writer, out error)) return false;
        Event item = batch.Events[0];
        bool isNew = items.TryAdd(item.Item, batch.Features[item.Features], format.Life, keys.HashesIds ? null : format.Title);
        if (!isNew) error = new DecodeError(RejectionReason.DuplicateKey, FieldNames.Item);
        batch.Rollback(default);
        return isNew;
    }
}
