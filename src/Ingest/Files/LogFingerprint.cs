using System.Buffers.Binary;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;

namespace Streaming.Ingest.Files;

/// <summary>
/// What a resume compares to notice another log: a hash of the order, of the length of each file, and of the first 64 KiB of the first. 0 where
/// the standard input takes part: there is nothing to compare.
/// </summary>
internal static class LogFingerprint
{
    private const int HeadBytes = 64 * 1024;

    /// <summary>The fingerprint of <paramref name="files"/> read in <paramref name="order"/>; never 0 for plain files.</summary>
    /// <exception cref="SourceException">A file cannot be read.</exception>
    public static ulong Of(IReadOnlyList<string> files, LogOrder order)
    {
        if (files.Contains(FileSet.StandardInput)) return 0;
        ulong hash = (ulong)order + 1;
        Span<byte> length = stackalloc byte[sizeof(long)];
        for (int i = 0; i < files.Count; i++)
        {
            using FileStream file = LogFile.OpenRaw(files[i]);
            try
            {
                BinaryPrimitives.WriteInt64LittleEndian(length, file.Length);
                hash = XxHash64.Hash(length, hash);
                if (i > 0) continue;
                byte[] head = new byte[HeadBytes];
                hash = XxHash64.Hash(head.AsSpan(0, file.ReadAtLeast(head, HeadBytes, throwOnEndOfStream: false)), hash);
            }
            catch (Exception e) when (LogFile.IsReadFailure(e))
            {
                throw LogFile.Failure(files[i], e);
            }
        }

        return hash == 0 ? 1 : hash;
    }
}
