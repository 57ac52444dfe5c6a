using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace Streaming.Shared.Processes;

/// <summary>Makes the collector of another .NET process of this user collect everything: what is resident afterwards is what the process holds.</summary>
/// <remarks>
/// Through the diagnostic port of the runtime (dotnet/diagnostics, documentation/design-docs/ipc-protocol.md): a session of events with the keyword
/// <c>GCHeapCollect</c> begins with a full collection.
/// </remarks>
public static class InducedCollection
{
    private const byte EventPipe = 2, StopTracing = 1, CollectTracing = 2;
    private const ulong GCHeapCollect = 0x800000;
    private const uint Informational = 4;
    private const int HeaderBytes = 20;

    /// <summary>Ends when the collection is over.</summary>
    /// <exception cref="IOException">The process has no diagnostic port, or did not do as asked.</exception>
    public static async Task RunAsync(int process, CancellationToken ct)
    {
        string port = Directory.EnumerateFiles(Path.GetTempPath(), $"dotnet-diagnostic-{process}-*-socket").FirstOrDefault()
            ?? throw new IOException($"Process {process} has no diagnostic port in {Path.GetTempPath()}.");
        using MemoryStream options = new();
        using (BinaryWriter writer = new(options, Encoding.Unicode, leaveOpen: true))
        {
            writer.Write(1u); // mebibytes of its buffer
            writer.Write(1u); // the nettrace format
            writer.Write(1u); // providers
            writer.Write(GCHeapCollect);
            writer.Write(Informational);
            const string Provider = "Microsoft-Windows-DotNETRuntime\0";
            writer.Write((uint)Provider.Length);
            writer.Write(Encoding.Unicode.GetBytes(Provider));
            writer.Write(0u); // no arguments
        }

        await using NetworkStream session = await ConnectAsync(port, ct);
        byte[] id = await AskAsync(session, CollectTracing, options.ToArray(), ct);
        Task drained = session.CopyToAsync(Stream.Null, ct);
        await using NetworkStream end = await ConnectAsync(port, ct);
        await AskAsync(end, StopTracing, id, ct);
        await drained;
    }

    private static async Task<NetworkStream> ConnectAsync(string port, CancellationToken ct)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(port), ct);
        return new NetworkStream(socket, ownsSocket: true);
    }

    /// <summary>Sends a command and returns the number of its session.</summary>
    private static async Task<byte[]> AskAsync(NetworkStream stream, byte command, byte[] payload, CancellationToken ct)
    {
        byte[] message = new byte[HeaderBytes + payload.Length];
        "DOTNET_IPC_V1\0"u8.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        (message[16], message[17]) = (EventPipe, command);
        payload.CopyTo(message, HeaderBytes);
        await stream.WriteAsync(message, ct);
        byte[] answer = new byte[HeaderBytes + sizeof(ulong)];
        await stream.ReadExactlyAsync(answer.AsMemory(0, HeaderBytes), ct);
        if (answer[17] != 0) throw new IOException($"The diagnostic port refused command {command}.");
        await stream.ReadExactlyAsync(answer.AsMemory(HeaderBytes), ct);
        return answer[HeaderBytes..];
    }
}
