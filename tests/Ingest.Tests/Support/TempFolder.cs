using System.IO.Compression;
using System.Runtime.CompilerServices;
using System.Text;

namespace Streaming.Ingest.Tests.Support;

/// <summary>A folder for one test's logs, removed with it.</summary>
public sealed class TempFolder : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("ingest-").FullName;

    public string Write(string name, string text) => Write(name, Encoding.UTF8.GetBytes(text));

    public string Write(string name, byte[] bytes)
    {
        string path = Path.Combine(Root, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllBytes(path, bytes);
        return path;
    }

    public string WriteGzip(string name, string text)
    {
        // The reader asks for strict decompression, which only counts before the first use in the process.
        RuntimeHelpers.RunClassConstructor(typeof(Ingest.Files.LogFile).TypeHandle);
        string path = Path.Combine(Root, name);
        using GZipStream gzip = new(File.Create(path), CompressionLevel.Fastest);
        gzip.Write(Encoding.UTF8.GetBytes(text));
        return path;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
