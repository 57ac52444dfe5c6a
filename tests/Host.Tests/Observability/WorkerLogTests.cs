using System.Globalization;
using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Streaming.Host.Observability;
using Streaming.Shared.Data;
using Xunit;

namespace Streaming.Host.Tests.Observability;

[Collection("the standard error")]
public partial class WorkerLogTests
{
    [Fact]
    public void Json_is_an_object_a_line_with_the_number_and_the_values_by_name()
    {
        string[] lines = Written(new LogOptions(), isTerminal: false, log =>
        {
            log.Restored(3, 17, 1_000_000, 1.5);
            log.Fault("stage mf", "two\nlines \"quoted\"");
        });
        Assert.Equal(2, lines.Length);
        using JsonDocument restored = JsonDocument.Parse(lines[0]), fault = JsonDocument.Parse(lines[1]);
        Assert.Equal((203, "Information", "streaming"), (restored.RootElement.GetProperty("EventId").GetInt32(), restored.RootElement.GetProperty("LogLevel").GetString(), restored.RootElement.GetProperty("Category").GetString()));
        Assert.Equal("shard 3 restored from snapshot 17, at event 1000000, in 1.500 s", restored.RootElement.GetProperty("Message").GetString());
        Assert.Equal((3, 17), (restored.RootElement.GetProperty("State").GetProperty("Shard").GetInt32(), restored.RootElement.GetProperty("State").GetProperty("Epoch").GetInt32()));
        Assert.True(DateTimeOffset.TryParseExact(restored.RootElement.GetProperty("Timestamp").GetString(), "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _));
        Assert.Equal(("Critical", "fault in stage mf: two\nlines \"quoted\""), (fault.RootElement.GetProperty("LogLevel").GetString(), fault.RootElement.GetProperty("Message").GetString()));
    }

    [Theory]
    [InlineData(nameof(LogFormat.Auto), true)]
    [InlineData(nameof(LogFormat.Text), false)]
    public void Text_is_a_line_for_people(string format, bool isTerminal)
    {
        string line = Assert.Single(Written(new LogOptions { Format = Enum.Parse<LogFormat>(format) }, isTerminal, log => log.Stopping("SIGTERM")));
        Assert.Matches(@"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z info: streaming\[102\] stopping: SIGTERM$", line);
    }

    [Theory]
    [InlineData(nameof(LogSeverity.Debug), 3)]
    [InlineData(nameof(LogSeverity.Information), 3)]
    [InlineData(nameof(LogSeverity.Warning), 2)]
    [InlineData(nameof(LogSeverity.Error), 1)]
    public void Only_what_is_severe_enough_is_written(string level, int lines) =>
        Assert.Equal(lines, Written(new LogOptions { Level = Enum.Parse<LogSeverity>(level) }, isTerminal: false, log =>
        {
            log.Said("a");
            log.Warned("b");
            log.Fault("a part", "c");
        }).Length);

    [Fact]
    public void Every_message_has_a_number_of_its_own_which_the_page_for_operators_lists()
    {
        List<LoggerMessageAttribute> messages = [.. typeof(WorkerLog).GetMethods().Select(m => m.GetCustomAttribute<LoggerMessageAttribute>()).OfType<LoggerMessageAttribute>()];
        Assert.True(messages.Count > 15);
        Assert.Equal(messages.Count, messages.Select(m => m.EventId).Distinct().Count());
        string page = File.ReadAllText(Path.Combine(SharedData.Root, "docs", "operations.md"));
        Assert.Equal(
            messages.Select(m => $"{m.EventId} {m.Level}").Order(StringComparer.Ordinal),
            Row().Matches(page).Select(r => $"{r.Groups["id"].Value} {r.Groups["level"].Value}").Order(StringComparer.Ordinal));
    }

    [GeneratedRegex(@"^\| (?<id>\d{1,3}) \| (?<level>Information|Warning|Error|Critical) \|", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Row();

    private static string[] Written(LogOptions options, bool isTerminal, Action<WorkerLog> say)
    {
        TextWriter before = Console.Error;
        using StringWriter error = new();
        Console.SetError(error);
        try
        {
            using WorkerLog log = WorkerLog.ToStandardError(options, isTerminal);
            say(log);
        }
        finally
        {
            Console.SetError(before);
        }

        return error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
