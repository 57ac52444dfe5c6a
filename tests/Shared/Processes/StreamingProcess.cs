using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text;
using Streaming.Shared.Data;
using Streaming.Shared.Files;

namespace Streaming.Shared.Processes;

/// <summary>How a process ended, and what it said.</summary>
public sealed record ProcessResult(int Code, string Output, string Error);

/// <summary>
/// The built program as a process of its own: what its callers see. It has a minute; then it is killed with all it started, and the test fails with what it
/// had said. Disposing kills it too. It runs in an empty folder of its own, unless it is given one.
/// </summary>
public sealed partial class StreamingProcess : IDisposable
{
    public const int Interrupt = 2;
    public const int Terminate = 15;

    /// <summary>What a shell, and .NET, say of a process that a signal ended: 128 and the signal's number.</summary>
    public const int Killed = 128 + 9;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;
    private readonly StringBuilder _said = new();
    private readonly CancellationTokenSource _deadline;
    private readonly TemporaryFolder _folder = new();

    private StreamingProcess(ProcessStartInfo start, string input, TimeSpan? patience = null)
    {
        _deadline = new CancellationTokenSource(patience ?? Patience);
        if (start.WorkingDirectory.Length == 0) start.WorkingDirectory = _folder.Path;
        _process = Process.Start(start)!;
        _output = _process.StandardOutput.ReadToEndAsync();
        _error = ListenAsync();
        try
        {
            _process.StandardInput.Write(input);
            _process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading all of it: what it said tells why.
        }
    }

    /// <summary>The program, of the same build as the tests.</summary>
    public static string Program { get; } =
        Path.Combine(SharedData.Root, "artifacts", "bin", "Host", Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory)), "streaming");

    public bool HasEnded => _process.HasExited;

    /// <summary>What the operating system calls it.</summary>
    public int Id => _process.Id;

    /// <summary>What it has said on its standard error so far.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    /// <summary>Cancelled when its time is up.</summary>
    public CancellationToken Deadline => _deadline.Token;

    public static StreamingProcess Start(params string[] arguments) => Start([], arguments);

    /// <summary>Starts it with these environment variables, and for longer than a minute where the caller has the patience.</summary>
    public static StreamingProcess Start(IEnumerable<(string Name, string Value)> environment, IEnumerable<string> arguments, TimeSpan? patience = null) =>
        new(Prepare(Program, arguments, environment), "", patience);

    /// <summary>Runs the program to its end.</summary>
    public static Task<ProcessResult> RunAsync(params string[] arguments) => RunAsync("", [], arguments);

    /// <summary>Runs it with this standard input and these environment variables.</summary>
    public static Task<ProcessResult> RunAsync(string input, IEnumerable<(string Name, string Value)> environment, params string[] arguments) =>
        EndAsync(Prepare(Program, arguments, environment), input);

    /// <summary>Runs a line of shell in <paramref name="folder"/>.</summary>
    public static Task<ProcessResult> RunShellAsync(string line, string folder)
    {
        ProcessStartInfo start = Prepare("bash", ["-c", line], []);
        start.WorkingDirectory = folder;
        return EndAsync(start, "");
    }

    /// <summary>Whether the process was started with the signal ignored, as background jobs of some shells are with an interrupt.</summary>
    public bool Ignores(int signal)
    {
        string? mask = File.ReadLines($"/proc/{_process.Id}/status").FirstOrDefault(l => l.StartsWith("SigIgn:", StringComparison.Ordinal));
        return mask is not null && (Convert.ToUInt64(mask[7..].Trim(), 16) & (1UL << (signal - 1))) != 0;
    }

    public void Signal(int signal)
    {
        if (Send(_process.Id, signal) != 0) throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    /// <summary>Waits until <paramref name="condition"/> holds or the process has ended; says whether it holds.</summary>
    public async Task<bool> WaitAsync(Func<bool> condition)
    {
        while (!condition())
        {
            if (_process.HasExited) return condition();
            await Task.Delay(1, _deadline.Token);
        }

        return true;
    }

    /// <summary>Waits until the process has said this on its standard error, or has ended; says whether it has.</summary>
    public Task<bool> WaitErrorAsync(string text) => WaitAsync(() => Said.Contains(text, StringComparison.Ordinal));

    /// <summary>Waits for the end.</summary>
    public async Task<ProcessResult> EndAsync()
    {
        try
        {
            await _process.WaitForExitAsync(_deadline.Token);
            return new ProcessResult(_process.ExitCode, await _output.WaitAsync(_deadline.Token), await _error.WaitAsync(_deadline.Token));
        }
        catch (OperationCanceledException e)
        {
            _process.Kill(entireProcessTree: true);
            throw new TimeoutException($"It had not ended after {Patience}. Its output: {await _output} Its errors: {await _error}", e);
        }
    }

    /// <summary>Pulls the plug.</summary>
    public void Kill() => _process.Kill(entireProcessTree: true);

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            _process.WaitForExit();
        }

        _process.Dispose();
        _deadline.Dispose();
        _folder.Dispose();
    }

    private async Task<string> ListenAsync()
    {
        char[] piece = new char[4096];
        while (await _process.StandardError.ReadAsync(piece) is > 0 and int length)
        {
            lock (_said) _said.Append(piece, 0, length);
        }

        lock (_said) return _said.ToString();
    }

    private static async Task<ProcessResult> EndAsync(ProcessStartInfo start, string input)
    {
        using StreamingProcess process = new(start, input);
        return await process.EndAsync();
    }

    private static ProcessStartInfo Prepare(string program, IEnumerable<string> arguments, IEnumerable<(string Name, string Value)> environment)
    {
        ProcessStartInfo start = new(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("STREAMING__", StringComparison.Ordinal)).ToArray()) start.Environment.Remove(name);
        foreach ((string name, string value) in environment) start.Environment[name] = value;
        return start;
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Send(int process, int signal);
}
