using System.Buffers.Binary;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Files;

/// <summary>
/// What a resume compares to notice another log: a hash of the options that decide what becomes of it (<see cref="ComparedOptions"/>), and of the length and the
/// first 64 KiB of each file. Of a pipe there is nothing to compare.
/// </summary>
internal static class LogFingerprint
{
    private const int HeadBytes = 64 * 1024;

    /// <summary>The fingerprint of <paramref name="files"/> read with <paramref name="options"/>; never 0. Opens no pipe.</summary>
    /// <exception cref="SourceException">A file cannot be read.</exception>
    public static ulong Of(IReadOnlyList<string> files, SourceOptions options)
    {
        ulong hash = ComparedOptions.HashOfLog(options);
        byte[] head = new byte[HeadBytes];
        Span<byte> measured = stackalloc byte[sizeof(long)];
        foreach (string path in files)
        {
            long length = path == FileSet.StandardInput ? 0 : LogFile.LengthOf(path);
            BinaryPrimitives.WriteInt64LittleEndian(measured, length);
            hash = XxHash64.Hash(measured, hash);
            if (length > 0) hash = XxHash64.Hash(head.AsSpan(0, ReadHead(path, head)), hash);
        }

        return hash == 0 ? 1 : hash;
    }

    private static int ReadHead(string path, byte[] head)
    {
        using FileStream file = LogFile.OpenRaw(path);
        try
        {
            return file.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false);
        }
        catch (Exception e) when (LogFile.IsReadFailure(e))
        {
            throw LogFile.Failure(path, e);
        }
    }
}
