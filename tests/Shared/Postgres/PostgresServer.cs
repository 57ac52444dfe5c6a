using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Streaming.Shared.Files;
using Xunit;

namespace Streaming.Shared.Postgres;

/// <summary>
/// A PostgreSQL server of a test's own on the loopback, from the system's binaries, with an empty database and a password. It ends with this object, or with the process
/// that started it, whatever happens to that. Where the binaries are missing and cannot be installed, a test that starts one is skipped.
/// </summary>
/// <remarks>PostgreSQL refuses to run as root: there it runs as the user <c>postgres</c>. One caller at a time.</remarks>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>The password of the only user, which must be in no message.</summary>
    public const string Password = "canary-8c1e-password";

    private const string Run = "\"$0/postgres\" -D \"$1/data\" -c port=$2 -c listen_addresses=127.0.0.1 -c unix_socket_directories=\"$1\" -c fsync=off & cat >/dev/null; kill -INT $!; wait $!";
    private const string Ready = "ready to accept connections";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder;
    private readonly string _binaries;
    private Process? _process;

    private PostgresServer(TemporaryFolder folder, string binaries, int port) => (_folder, _binaries, Port) = (folder, binaries, port);

    /// <summary>Where it listens.</summary>
    public int Port { get; }

    /// <summary>The connection string, without the password.</summary>
    public string Connection => $"Host=127.0.0.1;Port={Port};Database=postgres;Username=streaming";

    /// <summary>Makes a database and starts its server.</summary>
    public static async Task<PostgresServer> StartNewAsync()
    {
        string? binaries = Find();
        if (binaries is null && Environment.IsPrivilegedProcess && File.Exists("/usr/bin/apt-get"))
        {
            await RunAsync("bash", "-c", "apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends postgresql");
            binaries = Find();
        }

        Assert.SkipWhen(binaries is null, "PostgreSQL is not installed (/usr/lib/postgresql/*/bin), and cannot be: that takes root and apt-get");
        PostgresServer server = new(new TemporaryFolder(), binaries!, FreePort());
        await File.WriteAllTextAsync(server._folder.File("password"), Password);
        if (Environment.IsPrivilegedProcess) Assert.Equal(0, await RunAsync("chown", "-R", "postgres", server._folder.Path));
        string[] make = ["-D", server._folder.File("data"), "-U", "streaming", "-A", "scram-sha-256", "--pwfile", server._folder.File("password"), "-E", "UTF8", "--locale=C", "--no-sync"];
        Assert.Equal(0, await RunAsync(AsUser(Path.Combine(binaries!, "initdb"), make)));
        await server.StartAsync();
        return server;
    }

    /// <summary>Starts the server of the same database again.</summary>
    public async Task StartAsync()
    {
        ProcessStartInfo start = AsUser("bash", ["-c", Run, _binaries, _folder.Path, Port.ToString()]);
        (start.RedirectStandardInput, start.RedirectStandardError) = (true, true);
        TaskCompletionSource<bool> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _process = new Process { StartInfo = start };
        _process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) ready.TrySetResult(false);
            else if (line.Data.Contains(Ready, StringComparison.Ordinal)) ready.TrySetResult(true);
        };
        _process.Start();
        _process.BeginErrorReadLine();
        Assert.True(await ready.Task.WaitAsync(Patience), "PostgreSQL did not start.");
    }

    /// <summary>Stops the server; connections are cut.</summary>
    public async Task StopAsync()
    {
        if (_process is not { } process) return;
        _process = null;
        process.StandardInput.Close();
        await process.WaitForExitAsync().WaitAsync(Patience);
        process.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _folder.Dispose();
    }

    private static string? Find() =>
        !Directory.Exists("/usr/lib/postgresql") ? null
        : Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).Max(StringComparer.Ordinal);

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static ProcessStartInfo AsUser(string program, string[] arguments) =>
        Environment.IsPrivilegedProcess ? new ProcessStartInfo("runuser", ["-u", "postgres", "--", program, .. arguments]) { WorkingDirectory = "/" } : new ProcessStartInfo(program, arguments);

    private static Task<int> RunAsync(string program, params string[] arguments) => RunAsync(new ProcessStartInfo(program, arguments));

    private static async Task<int> RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        using Process process = Process.Start(start)!;
        await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
