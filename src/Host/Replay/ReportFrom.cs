using System.Globalization;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Sources;
using Streaming.Host.Cli;
using Streaming.Host.Configuration;
using Streaming.Ingest;
using Streaming.Operators.Evaluation;

namespace Streaming.Host.Replay;

/// <summary>
/// From which event on a replay's evaluators report apart: a number, or a share of the events there are. Of a share the events are counted first, in a pass of its own over the
/// source, so that the number is exact in either order of the log and the same after a resume.
/// </summary>
/// <param name="Number">Number of the event, from 1; 0 where a share is asked for.</param>
/// <param name="Share">Share of the events, above 0 and below 1; 0 where a number is asked for.</param>
internal readonly record struct ReportFrom(long Number, double Share)
{
    /// <summary>Reads <c>50000</c> or <c>50%</c>.</summary>
    /// <exception cref="UsageException">It is neither.</exception>
    public static ReportFrom Parse(string text)
    {
        if (text.EndsWith('%') && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) && percent is > 0 and < 100)
            return new ReportFrom(0, percent / 100);
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number is > 0 and <= 1_000_000_000_000_000) return new ReportFrom(number, 0);
        throw new UsageException($"--report-from needs the number of an event, from 1, or a share above 0% and below 100%, found '{text}'");
    }

    /// <summary>The layers with <c>From</c> set for every evaluator of the pipeline that has the option and does not say its own.</summary>
    public async Task<ConfigurationLayers> ApplyAsync(ConfigurationLayers layers, CancellationToken ct)
    {
        PipelineConfiguration configuration = PipelineConfiguration.Load(layers with { Say = _ => { } });
        long from = Number > 0 ? Number : Math.Max(1, (long)(Share * await CountAsync(configuration, ct)));
        IEnumerable<string> stages = configuration.Plan.Stages.Where(s => s.Options is JudgedOptions { From: 0 }).Select(s => s.Id);
        string value = from.ToString(CultureInfo.InvariantCulture);
        return layers with { Settings = [.. layers.Settings, .. stages.Select(id => KeyValuePair.Create($"Stages:{id}:From", (string?)value))] };
    }

    private static async Task<long> CountAsync(PipelineConfiguration configuration, CancellationToken ct)
    {
        SourceOptions source = configuration.Source;
        if (source.Paths.Contains("-")) throw new UsageException("--report-from with a share reads the log twice, which standard input cannot be: give the number of an event");
        using BatchPool pool = new(2, source.BatchSize, 0, 0);
        await using IEventSource events = SourceFactory.Create(source, configuration.Privacy.Codec(source.Seed));
        long count = 0;
        await foreach (BatchLease lease in events.ReadAsync(new SourcePosition(), new SourceContext(pool, source.BatchSize, 0, source.Limit ?? long.MaxValue), ct))
        {
            count = lease.Batch.Position.Single.Events;
            lease.Release();
        }

        return count;
    }
}
