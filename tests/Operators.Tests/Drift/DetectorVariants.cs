using System.Reflection;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Drift;

namespace Streaming.Operators.Tests.Drift;

/// <summary>Every detector of the catalogue in every variant its options name.</summary>
internal static class DetectorVariants
{
    public static IReadOnlyList<DetectorVariant> All { get; } =
    [
        .. DetectorCatalogue.All.SelectMany(type =>
        {
            PropertyInfo variant = type.OptionsType.GetProperty("Variant")!;
            return Enum.GetValues(variant.PropertyType).Cast<object>().Select(v => new DetectorVariant($"{type.Name} {v}", () =>
            {
                object options = type.NewOptions();
                variant.SetValue(options, v);
                return type.Create(options, seed: 1);
            }));
        }),
    ];

    /// <summary>A stream of errors whose rate changes every 700 values, up and down.</summary>
    public static double[] Errors(int length, ulong seed)
    {
        double[] rates = [0.1, 0.6, 0.2, 0.9, 0.05];
        CounterRng rng = new(seed, 0);
        double[] values = new double[length];
        for (int i = 0; i < length; i++) values[i] = rng.NextDouble() < rates[i / 700 % rates.Length] ? 1 : 0;
        return values;
    }
}

internal sealed record DetectorVariant(string Name, Func<IDriftDetector> Create);
