using System.Net.Sockets;
using System.Text;
using Streaming.Host.Web;
using Streaming.Shared.Files;
using Xunit;

namespace Streaming.Host.Tests.Web;

public sealed class SystemdNotifierTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_said_arrives_at_the_socket_that_is_named(bool isAbstract)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "sockets of this kind are of Linux");
        string path = isAbstract ? $"streaming-test-{Environment.ProcessId}-{Path.GetFileName(_folder.Path)}" : _folder.File("notify");
        using Socket manager = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 10_000 };
        manager.Bind(new UnixDomainSocketEndPoint(isAbstract ? "\0" + path : path));
        using SystemdNotifier notifier = new(n => n == "NOTIFY_SOCKET" ? (isAbstract ? "@" + path : path) : null, 1);
        notifier.Ready("4 shards\nof 8");
        Assert.Equal("READY=1\nSTATUS=4 shards of 8", Receive(manager));
        notifier.Alive();
        Assert.Equal("WATCHDOG=1", Receive(manager));
        notifier.Status("catching up");
        Assert.Equal("STATUS=catching up", Receive(manager));
        notifier.Stopping();
        Assert.Equal("STOPPING=1", Receive(manager));
        Assert.Null(notifier.WatchdogInterval);
    }

    [Theory]
    [InlineData("30000000", null, 15.0)]
    [InlineData("30000000", "77", 15.0)]
    [InlineData("30000000", "78", null)]
    [InlineData("rubbish", null, null)]
    [InlineData("0", null, null)]
    public void The_watchdog_is_answered_twice_as_often_as_it_asks_if_it_asks_this_process(string micros, string? pid, double? seconds)
    {
        using SystemdNotifier notifier = new(n => n switch { "NOTIFY_SOCKET" => _folder.File("nobody"), "WATCHDOG_USEC" => micros, "WATCHDOG_PID" => pid, _ => null }, 77);
        Assert.Equal(seconds, notifier.WatchdogInterval?.TotalSeconds);
        notifier.Alive(); // nobody listens: nothing happens
    }

    [Fact]
    public void Without_a_manager_nothing_happens()
    {
        using SystemdNotifier notifier = new(n => n == "WATCHDOG_USEC" ? "1000" : null, 1);
        notifier.Ready("");
        notifier.Stopping();
        Assert.Null(notifier.WatchdogInterval);
    }

    private static string Receive(Socket socket)
    {
        byte[] buffer = new byte[4096];
        return Encoding.UTF8.GetString(buffer, 0, socket.Receive(buffer));
    }
}
