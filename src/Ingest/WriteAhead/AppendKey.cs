using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Streaming.Abstractions.Keys;

namespace Streaming.Ingest.WriteAhead;

/// <summary>What a sender calls a request, by which it is known when it comes again, and what was in it.</summary>
/// <param name="Id">Hash of the name: the first half of its SHA-256.</param>
/// <param name="Body">Hash of the lines.</param>
internal readonly record struct AppendKey(UInt128 Id, ulong Body)
{
    /// <summary>The key of a request with this name and these lines.</summary>
    public static AppendKey Of(string name, ReadOnlySpan<byte> lines) =>
        new(BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name))), XxHash64.Hash(lines, 0));
}
