using System.Text;

namespace Streaming.Host.Cli;

/// <summary>The standard input as text, for the commands that read lines.</summary>
internal static class StandardInput
{
    /// <summary>A reader that throws <see cref="DecoderFallbackException"/> on bytes that are not UTF-8, where the console's would put others in their place.</summary>
    public static TextReader OpenText() => new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
}
