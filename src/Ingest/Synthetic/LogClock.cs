using Streaming.Abstractions.Randomness;

namespace Streaming.Ingest.Synthetic;

/// <summary>When the records of a generated log happen: record n somewhere in the n-th of equal steps, so that times never decrease with n.</summary>
internal readonly struct LogClock(GeneratorOptions options)
{
    private readonly long _start = options.Start;
    private readonly long _stepMicros = (long)(options.SecondsBetween * 1e6);

    /// <summary>Microseconds from the start to record <paramref name="n"/>, by one draw of <paramref name="rng"/>.</summary>
    public long Micros(long n, ref CounterRng rng) => (n * _stepMicros) + (long)rng.NextBelow((ulong)_stepMicros);

    /// <summary>Unix time, in whole seconds, of <paramref name="micros"/> after the start.</summary>
    public long Seconds(long micros) => _start + (micros / 1_000_000);
}
