using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Streaming.Host.Web;

/// <summary>
/// Tells the service manager how the process is (systemd's <c>sd_notify</c> protocol): a datagram to the socket that <c>NOTIFY_SOCKET</c> names. Where there is none, nothing
/// is said and nothing fails.
/// </summary>
/// <remarks>Safe from any thread. A message that cannot be delivered is dropped: the manager then does what it does to services that are silent.</remarks>
internal sealed class SystemdNotifier : IDisposable
{
    private readonly Socket? _socket;
    private readonly UnixDomainSocketEndPoint? _manager;

    /// <summary>A notifier of the manager that the environment names.</summary>
    /// <param name="environment">Reads an environment variable.</param>
    /// <param name="processId">Number of this process.</param>
    public SystemdNotifier(Func<string, string?> environment, int processId)
    {
        if (environment("NOTIFY_SOCKET") is not { Length: > 1 } address || !Socket.OSSupportsUnixDomainSockets) return;
        _manager = new UnixDomainSocketEndPoint(address[0] == '@' ? "\0" + address[1..] : address); // an abstract name begins with a zero, which a variable cannot have
        _socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false };
        bool mine = environment("WATCHDOG_PID") is not { Length: > 0 } pid || pid == processId.ToString(CultureInfo.InvariantCulture);
        if (mine && long.TryParse(environment("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out long micros) && micros > 0)
            WatchdogInterval = TimeSpan.FromMicroseconds(micros / 2.0);
    }

    /// <summary>How often <see cref="Alive"/> is to be said: half of what the manager waits for; null where it does not wait for it.</summary>
    public TimeSpan? WatchdogInterval { get; }

    /// <summary>The service has started: what comes after it may start.</summary>
    /// <param name="status">How it is, for people.</param>
    public void Ready(string status) => Send($"READY=1\nSTATUS={OneLine(status)}");

    /// <summary>How it is, for people.</summary>
    public void Status(string status) => Send($"STATUS={OneLine(status)}");

    /// <summary>Its loops turn.</summary>
    public void Alive() => Send("WATCHDOG=1");

    /// <summary>It has begun to end in good order.</summary>
    public void Stopping() => Send("STOPPING=1");

    /// <inheritdoc/>
    public void Dispose() => _socket?.Dispose();

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");

    private void Send(string message)
    {
        if (_socket is null) return;
        try
        {
            _socket.SendTo(Encoding.UTF8.GetBytes(message), _manager!);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Nobody listens any more, or not fast enough.
        }
    }
}
