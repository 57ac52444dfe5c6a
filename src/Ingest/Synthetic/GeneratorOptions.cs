using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Stages;

namespace Streaming.Ingest.Synthetic;

/// <summary>Options that every generator has.</summary>
public abstract class GeneratorOptions : IValidatableOptions
{
    /// <summary>Records in the log, 1 to 2^40; default 200,000. Whatever appears or changes on the way does so over this span.</summary>
    [Range(1L, 1L << 40)]
    public long Events { get; set; } = 200_000;

    /// <summary>The same seed gives the same log; default 42.</summary>
    public ulong Seed { get; set; } = 42;

    /// <summary>Time of the start in Unix seconds, 0 to 1e11; default 1577836800 (2020-01-01).</summary>
    [Range(0L, 100_000_000_000L)]
    public long Start { get; set; } = 1_577_836_800;

    /// <summary>Mean seconds from one record to the next, 0.000001 to 86,400; default 10. Times are written in whole seconds.</summary>
    [Range(0.000001, 86_400.0)]
    public double SecondsBetween { get; set; } = 10;

    /// <summary>Bytes the planted truth takes.</summary>
    internal abstract long EstimateBytes();

    /// <inheritdoc/>
    public virtual IEnumerable<(string Option, string Message)> Validate()
    {
        double end = Start + (Events * SecondsBetween);
        if (end > 100_000_000_000) yield return (nameof(SecondsBetween), $"found {SecondsBetween}; with {Events} events the log would end after the year 5138");
    }
}
