using System.CommandLine;
using Streaming.Abstractions.Keys;
using Streaming.Host.Configuration;
using Streaming.Ingest;
using Streaming.Ingest.Privacy;
using Streaming.Sinks;
using Streaming.Sinks.Postgres;

namespace Streaming.Host.Cli;

/// <summary>
/// <c>streaming forget</c>: puts a user on the list of those who are not learned again, and then puts the control record into the stream that has every stage erase what it knows of
/// them. What it cannot reach, it names.
/// </summary>
internal static class ForgetCommand
{
    public static Command Create()
    {
        Argument<string> user = new("USER") { Description = "The user's id, as records have it." };
        Option<string?> pipeline = SharedOptions.Pipeline();
        Option<string[]> set = SharedOptions.Set("Overrides one value of the pipeline, as Path=Value. Repeatable.");
        Option<string?> log = SharedOptions.File("--log", "Appends the control record to this log of JSON lines, instead of sending or printing it.", "FILE");
        Option<string?> until = new("--until") { Description = "Events up to this time are never learned again: ISO 8601 or Unix seconds. Default: now.", HelpName = "TIME" };
        Command command = new(
            "forget",
            "Forgets a user: appends to the list Privacy:Forgotten, so that no replay learns them again, and puts the control record that erases them into the stream: into every partition of "
            + "the first topic (kafka), to the running worker (http), else prints it, or appends it to --log.")
        {
            user, pipeline, set, log, until,
        };
        command.SetAction((result, ct) =>
        {
            ConfigurationLayers layers = new(result.GetValue(pipeline), [.. SettingArguments.Parse(result.GetValue(set) ?? [])]);
            return RunAsync(layers, result.GetRequiredValue(user), result.GetValue(log), Time(result.GetValue(until)), ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(ConfigurationLayers layers, string user, string? log, long time, CancellationToken ct)
    {
        PipelineConfiguration configuration = PipelineConfiguration.Load(layers);
        EntityKeyCodec keys = configuration.Privacy.Codec(configuration.Source.Seed);
        ulong key = keys.KeyOf(user);
        if (key == EntityKeyCodec.None) throw new UsageException($"USER is no id: it has 1 to {EntityKeyCodec.MaxIdBytes} bytes, and no control characters.");
        if (configuration.Privacy.Forgotten is not { Length: > 0 } list)
            throw new ConfigurationException("Privacy:Forgotten", "is missing: the file that keeps replays from learning again who was forgotten");
        bool sendsToTopic = log is null && configuration.Source.Type == SourceKind.Kafka;
        if (sendsToTopic && !TopicTombstone.IsIn(configuration.Source))
            throw new ConfigurationException("Source:Format", "found 'dsjson', which has no record that forgets a user; put it into a topic of jsonl or cloudevents");

        // The list first: if the stream cannot be reached, the command is run again.
        DurableAppend.Line(list, ForgottenList.Line(new ForgottenUser(keys.HashesIds ? null : user, key, time)));
        Say($"{list} has the user: no run that starts from now on learns from their events up to the time of the record");
        byte[] record = ForgottenList.Tombstone(user, time);
        if (log is not null) Appended(log, record);
        else if (sendsToTopic) Say($"the record is in {await TopicTombstone.SendAsync(configuration.Source, configuration.Kafka, record, ct)} partitions of {configuration.Source.Kafka.Topics[0]}");
        else if (configuration.Source.Type == SourceKind.Http) await PostAsync(configuration, record, ct);
        else Console.Out.WriteLine(System.Text.Encoding.UTF8.GetString(record));
        foreach (string left in WhatIsLeft(configuration)) Say(left);
        return ExitCodes.Done;
    }

    private static void Appended(string log, byte[] record)
    {
        DurableAppend.Line(log, [.. record, (byte)'\n']);
        Say($"{log} ends with the record: what reads it on erases the user");
    }

    private static async Task PostAsync(PipelineConfiguration configuration, byte[] record, CancellationToken ct)
    {
        await TombstonePost.SendAsync(configuration.Http, configuration.Http.IngestToken, record, ct);
        Say("the worker has the record");
    }

    private static IEnumerable<string> WhatIsLeft(PipelineConfiguration configuration)
    {
        if (configuration.Source.Type == SourceKind.File) yield return $"not reached: {configuration.Source.Name}, if it has records of the user; take them out of it yourself";
        if (configuration.Source.Type == SourceKind.Http) yield return $"not reached: the write-ahead log in {configuration.Source.WriteAhead.Directory}, if it has records of the user; delete old segments of it (Source:WriteAhead:RetainDays)";
        if (configuration.Source.Type == SourceKind.Kafka) yield return $"not reached: records of the user in {configuration.Source.Name}, until their retention ends";
        if (configuration.Snapshots.Directory is { Length: > 0 } folder)
            yield return $"not reached: snapshots in {folder} from before the record; {configuration.Snapshots.Keep} later ones replace them";
        foreach (SinkConfiguration sink in configuration.Sinks.Where(s => s.Options is not PostgresSinkOptions)) // that one deletes
        {
            string what = sink.Options is IFileSinkOptions { File: { Length: > 0 } file } ? file : $"the sink {sink.Id}";
            yield return $"not reached: what {what} has of the user already";
        }
    }

    private static long Time(string? until)
    {
        if (until is null) return (TimeProvider.System.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        return ForgottenList.TryTime(until, out long time) ? time : throw new UsageException($"--until needs a time, as 2026-05-01T12:00:00Z or 1777636800, found '{until}'");
    }

    private static void Say(string line) => Console.Error.WriteLine(line);
}
