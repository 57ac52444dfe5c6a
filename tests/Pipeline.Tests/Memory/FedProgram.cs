using System.Buffers.Text;
using System.Diagnostics;
using Streaming.Shared.Processes;
using Xunit;
using SystemProcess = System.Diagnostics.Process;

namespace Streaming.Pipeline.Tests.Memory;

/// <summary>The built program, replaying from its standard input a log that is made on the way: every event has a user and an item never seen before, or two actions.</summary>
internal static class FedProgram
{
    private const int LinesBetweenWrites = 1000;
    private const int LongestLine = 192;

    /// <summary>Feeds so many events and returns the resident memory meanwhile, a sample each <paramref name="interval"/> and one when all is fed.</summary>
    public static async Task<ResidentMemory> RunAsync(
        string pipeline, bool decisions, long events, TimeSpan interval, IReadOnlyList<KeyValuePair<string, string?>> settings)
    {
        ProcessStartInfo start = new(StreamingProcess.Program)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string argument in (string[])["replay", "-", "--format", decisions ? "jsonl" : "csv", "--pipeline", pipeline, "--no-progress"]) start.ArgumentList.Add(argument);
        foreach ((string path, string? value) in settings)
        {
            start.ArgumentList.Add("--set");
            start.ArgumentList.Add($"{path}={value}");
        }

        foreach (string name in start.Environment.Keys.Where(k => k.StartsWith("STREAMING__", StringComparison.Ordinal)).ToArray()) start.Environment.Remove(name);
        using SystemProcess process = SystemProcess.Start(start)!;
        Task<string> said = process.StandardOutput.ReadToEndAsync(), complained = process.StandardError.ReadToEndAsync();
        Counter fed = new();
        Task feeding = Task.Run(() => Feed(process.StandardInput.BaseStream, decisions, events, fed));
        ResidentMemory memory = new();
        using (PeriodicTimer timer = new(interval))
        {
            while (!feeding.IsCompleted && memory.Sample(process.Id, fed.Value)) await timer.WaitForNextTickAsync();
        }

        memory.Sample(process.Id, fed.Value);
        try
        {
            await feeding;
        }
        catch (IOException)
        {
            // It stopped reading: its exit code and what it said tell more than the broken pipe.
        }

        process.StandardInput.Close();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"streaming ended with {process.ExitCode}:\n{await complained}");
        Assert.Contains(events.ToString("N0", System.Globalization.CultureInfo.InvariantCulture) + " events", await said);
        return memory;
    }

    private static void Feed(Stream output, bool decisions, long events, Counter fed)
    {
        byte[] buffer = new byte[LinesBetweenWrites * LongestLine];
        int used = 0;
        for (long n = 1; n <= events; n++)
        {
            used += decisions ? Decision(buffer.AsSpan(used), n) : Line(buffer.AsSpan(used), n);
            if (n % LinesBetweenWrites != 0 && n != events) continue;
            output.Write(buffer, 0, used);
            fed.Value = n;
            used = 0;
        }

        output.Flush();
    }

    /// <summary>Writes <c>user,item,value,seconds</c>.</summary>
    private static int Line(Span<byte> line, long n)
    {
        int used = 0;
        foreach ((long number, byte end) in (ReadOnlySpan<(long, byte)>)[(n, (byte)','), (n, (byte)','), (1 + (n % 5), (byte)','), (1_500_000_000 + (n / 10), (byte)'\n')])
        {
            Utf8Formatter.TryFormat(number, line[used..], out int digits);
            used += digits;
            line[used++] = end;
        }

        return used;
    }

    /// <summary>Writes a decision between two actions that were never seen before.</summary>
    private static int Decision(Span<byte> line, long n)
    {
        ReadOnlySpan<byte> rest = ",1]}],\"chosen\":1,\"propensity\":0.5,\"reward\":1}\n"u8;
        int used = 0;
        Text(line, ref used, "{\"ts\":"u8);
        Number(line, ref used, 1_500_000_000 + (n / 10));
        Text(line, ref used, ",\"actions\":[{\"id\":"u8);
        Number(line, ref used, 2 * n);
        Text(line, ref used, ",\"x\":[1,0."u8);
        Number(line, ref used, n % 100);
        Text(line, ref used, "]},{\"id\":"u8);
        Number(line, ref used, (2 * n) + 1);
        Text(line, ref used, ",\"x\":["u8);
        Number(line, ref used, n % 7);
        Text(line, ref used, rest);
        return used;
    }

    private static void Text(Span<byte> line, ref int used, ReadOnlySpan<byte> text)
    {
        text.CopyTo(line[used..]);
        used += text.Length;
    }

    private static void Number(Span<byte> line, ref int used, long number)
    {
        Utf8Formatter.TryFormat(number, line[used..], out int digits);
        used += digits;
    }

    private sealed class Counter
    {
        private long _value;

        public long Value
        {
            get => Volatile.Read(ref _value);
            set => Volatile.Write(ref _value, value);
        }
    }
}
