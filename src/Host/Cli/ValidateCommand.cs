using System.CommandLine;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Host.Configuration;
using Streaming.Host.Validation;
using Streaming.Ingest;
using Streaming.Ingest.Items;

namespace Streaming.Host.Cli;

/// <summary><c>streaming validate</c>: what a log holds, what is bad and where; nothing is learned.</summary>
internal static class ValidateCommand
{
    public static Command Create()
    {
        Argument<string[]> logs = SharedOptions.Logs("Files to read as one, globs, .gz, or - for standard input.", ArgumentArity.OneOrMore);
        Option<string?> format = SharedOptions.Format();
        Option<string[]> set = SharedOptions.Set("Overrides one value of the source, as Source:Option=Value. Repeatable.");
        Command command = new("validate", "Says what a log holds, what is bad and where. Exit code 65 if more records are bad than Source:MaxBadRatio allows.") { logs, format, set };
        command.SetAction((result, ct) =>
        {
            List<KeyValuePair<string, string?>> settings = [.. SettingArguments.Parse(result.GetValue(set) ?? [])];
            if (result.GetValue(format) is { } f) settings.Add(new("Source:Format", f));
            (SourceOptions source, PrivacyOptions privacy) = PipelineConfiguration.LoadSource(new ConfigurationLayers(null, settings) { Logs = result.GetRequiredValue(logs) });
            return RunAsync(source, privacy, ct);
        });
        return command;
    }

    private static async Task<int> RunAsync(SourceOptions source, PrivacyOptions privacy, CancellationToken ct)
    {
        double allowed = source.MaxBadRatio;
        // Everything is read, whatever it is like, in the order of the files: to judge comes after.
        source.MaxBadRatio = 1;
        source.Order = LogOrder.File;
        ItemListing? items = ItemFile.Read(source, privacy.NamelessCodec(source.Seed));
        LogProfile profile = new();
        using BatchPool pool = new(2, source.BatchSize, 0, 0);
        await using IEventSource events = SourceFactory.Create(source, privacy.Codec(source.Seed));
        await foreach (BatchLease lease in events.ReadAsync(new SourcePosition(), new SourceContext(pool, source.BatchSize, 0, source.Limit ?? long.MaxValue, Raw: true), ct))
        {
            profile.Add(lease.Batch);
            lease.Release();
        }

        Console.Out.Write(ProfileText.Of(profile));
        if (items is not null) Console.Out.Write(ProfileText.Of(items));
        if (items is not null && items.BadRecords > allowed * items.Records)
        {
            Console.Error.WriteLine($"{items.BadRecords:N0} of {items.Records:N0} records of {items.Path} are bad, which is more than Source:MaxBadRatio={allowed:R} allows");
            return ExitCodes.BadRecords;
        }

        PartitionPosition end = profile.End.Single;
        if (end.RejectedTotal <= allowed * end.Records) return ExitCodes.Done;
        Console.Error.WriteLine($"{end.RejectedTotal:N0} of {end.Records:N0} records are bad, which is more than Source:MaxBadRatio={allowed:R} allows");
        return ExitCodes.BadRecords;
    }
}
