using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Streaming.Host.Cli;

/// <summary>
/// The standard output of commands whose output is their result. The console's own stream lets a write to a pipe that nobody reads any more pass as if
/// it had arrived; this one fails, so that <c>streaming generate ... | head -1</c> ends with <c>head</c>.
/// </summary>
internal static class StandardOutput
{
    private const int BrokenPipe = 32; // EPIPE, on Linux and macOS

    /// <summary>The output as bytes, unbuffered.</summary>
    public static Stream Open()
    {
        if (OperatingSystem.IsWindows()) return Console.OpenStandardOutput();
        FileStream stream = new(new SafeFileHandle(1, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        // In a file it would write at offsets of its own, and not move the one that the next program in a script goes on from.
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }

    /// <summary>The output as UTF-8 text.</summary>
    /// <param name="autoFlush">Whether each line is written at once, for readers that wait for it.</param>
    public static TextWriter OpenText(bool autoFlush) => new StreamWriter(Open(), new UTF8Encoding(false)) { AutoFlush = autoFlush };

    /// <summary>Whether a write failed because the reader has gone: it has what it wanted, and nothing is wrong.</summary>
    public static bool IsClosed(IOException exception) => exception.HResult == BrokenPipe;
}
