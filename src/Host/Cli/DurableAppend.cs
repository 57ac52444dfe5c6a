using Streaming.Ingest.WriteAhead;

namespace Streaming.Host.Cli;

/// <summary>Appends lines to files so that they are on the disk when it returns.</summary>
internal static class DurableAppend
{
    /// <summary>Appends a line, which brings its own end; ends the last line of the file first where that was left open. Makes the file where there is none.</summary>
    public static void Line(string path, byte[] line)
    {
        using FileStream file = new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read);
        bool isNew = file.Length == 0;
        if (!isNew)
        {
            file.Seek(-1, SeekOrigin.End);
            if (file.ReadByte() != '\n') file.WriteByte((byte)'\n');
        }

        file.Write(line);
        file.Flush(flushToDisk: true);
        if (isNew) DurableFolder.Sync(Path.GetDirectoryName(Path.GetFullPath(path))!);
    }
}
