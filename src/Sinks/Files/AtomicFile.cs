namespace Streaming.Sinks.Files;

/// <summary>Writes a file whole or not at all: a reader sees the old content or the new one.</summary>
public static class AtomicFile
{
    /// <summary>
    /// Writes beside <paramref name="path"/>, makes that durable, and renames it. A link is followed, so that its target is replaced and not the
    /// link; a device or a pipe under <c>/dev</c> or <c>/proc</c> is written as it is.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written; what was there is unchanged.</exception>
    public static void Write(string path, Action<Stream> write)
    {
        try
        {
            if (IsSpecial(path))
            {
                using FileStream special = new(path, FileMode.Open, FileAccess.Write);
                write(special);
                return;
            }

            FileInfo file = new(path);
            string target = file.LinkTarget is null ? path : file.ResolveLinkTarget(returnFinalTarget: true)!.FullName;
            string temporary = target + ".tmp";
            try
            {
                using (FileStream stream = new(temporary, FileMode.Create, FileAccess.Write))
                {
                    write(stream);
                    stream.Flush(flushToDisk: true);
                }

                File.Move(temporary, target, overwrite: true);
            }
            catch
            {
                File.Delete(temporary);
                throw;
            }
        }
        catch (UnauthorizedAccessException e)
        {
            throw new IOException($"{path} cannot be written: {e.Message}", e);
        }
    }

    private static bool IsSpecial(string path)
    {
        string full = Path.GetFullPath(path);
        return full.StartsWith("/dev/", StringComparison.Ordinal) || full.StartsWith("/proc/", StringComparison.Ordinal);
    }
}
