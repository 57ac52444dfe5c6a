namespace Streaming.Ingest.Synthetic;

/// <summary>Writes a generated log to a stream.</summary>
public static class LogWriter
{
    private const int BufferBytes = 256 * 1024;
    private const int RecordsBetweenChecks = 8192;

    /// <summary>
    /// Writes the header, where there is one, and what is left of the log, each record on a line of its own, and returns the number of bytes. Synchronous;
    /// <paramref name="output"/> stays open and is not flushed.
    /// </summary>
    /// <exception cref="OperationCanceledException"><paramref name="ct"/> was cancelled.</exception>
    public static long Write(ILogGenerator generator, Stream output, CancellationToken ct = default)
    {
        int reserve = Math.Max(generator.MaxLineBytes, generator.Header.Length) + 1;
        byte[] buffer = new byte[BufferBytes + reserve];
        int used = 0;
        long written = 0;
        if (!generator.Header.IsEmpty)
        {
            generator.Header.CopyTo(buffer);
            buffer[generator.Header.Length] = (byte)'\n';
            used = generator.Header.Length + 1;
        }

        for (int untilCheck = 1; ;)
        {
            if (--untilCheck == 0)
            {
                ct.ThrowIfCancellationRequested();
                untilCheck = RecordsBetweenChecks;
            }

            if (used >= BufferBytes)
            {
                output.Write(buffer, 0, used);
                written += used;
                used = 0;
            }

            int length = generator.Next(buffer.AsSpan(used, reserve - 1));
            if (length == 0) break;
            used += length;
            buffer[used++] = (byte)'\n';
        }

        output.Write(buffer, 0, used);
        return written + used;
    }
}
