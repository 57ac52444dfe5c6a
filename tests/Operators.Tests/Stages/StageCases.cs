using System.Reflection;
using Streaming.Abstractions.Stages;
using Streaming.Operators.Bandits;
using Streaming.Operators.Bandits.Linear;
using Streaming.Operators.Drift;
using Streaming.Operators.Evaluation;
using Streaming.Operators.Models;
using Streaming.Operators.Models.Refits;
using Streaming.Operators.Sketches;
using Streaming.Operators.Windows;

namespace Streaming.Operators.Tests.Stages;

/// <summary>Every stage type of every catalogue, each with its defaults, with each value of its enums, and with the smallest capacities.</summary>
internal static class StageCases
{
    private static readonly string[] Capacities =
    [
        "Users", "Items", "HistoryEntries", "Interactions", "UserHistory", "ItemHistory", "ResumEvery", "Keys", "Size", "Window", "Capacity", "Width", "Depth", "Clock",
        "MaxBuckets", "WarmStart", "MinInstances", "Arms", "Dimensions", "Neighbours", "Basket", "Audience", "FollowUps", "Bands", "BandHashes", "Candidates",
        "ModelItems", "OrthonormalizeEvery", "AdmitAfter", "RenewEvery", "AgeUsers", "AgeItems", "TimeBuckets",
    ];

    public static IReadOnlyList<StageType> Types { get; } =
        [.. WindowStages.All, .. SketchStages.All, .. ModelStages.All, .. BanditStages.All, .. DriftStages.All, .. EvaluationStages.All];

    /// <summary>Type and number of the options, as a test is given them.</summary>
    public static IEnumerable<(string Type, int Options)> All =>
        Types.SelectMany(type => Enumerable.Range(0, Variants(type).Count).Select(n => (type.Name, n)));

    public static StageCase Create(string type, int options)
    {
        StageType line = Types.Single(t => t.Name == type);
        return new StageCase(line, Variants(line)[options]);
    }

    private static List<object> Variants(StageType type)
    {
        List<object> variants = [New(type), Small(type, 1), Small(type, 3), Small(type, 20)];
        foreach (PropertyInfo option in type.OptionsType.GetProperties().Where(p => p.PropertyType.IsEnum))
        {
            foreach (object value in Enum.GetValues(option.PropertyType))
            {
                object options = Small(type, 20);
                if (value.Equals(option.GetValue(options))) continue;
                option.SetValue(options, value);
                variants.Add(options);
            }
        }

        foreach (int capacity in new[] { 3, 50 })
        {
            if (New(type) is not JudgedOptions) continue;
            JudgedOptions options = (JudgedOptions)Small(type, capacity);
            (options.Ages, options.From) = (true, 500);
            if (options is RankingOptions ranking) (ranking.Depth, ranking.K, ranking.AucSamples) = ("full", "1,100", 7);
            variants.Add(options);
        }

        foreach (int capacity in new[] { 3, 50 })
        {
            if (type.OptionsType.GetProperty("Admission") is not { } admission) continue;
            object options = Small(type, capacity);
            admission.SetValue(options, new AdmissionOptions { After = 2, SharedRows = 2, Counters = 1024 });
            variants.Add(options);
        }

        if (type.OptionsType.GetProperty("Of") is { } of)
        {
            object options = Small(type, 4);
            of.SetValue(options, "x.real");
            variants.Add(options);
        }

        if (type.OptionsType.GetProperty("ErrorAbove") is { } errorAbove)
        {
            object options = New(type);
            errorAbove.SetValue(options, 0.5);
            variants.Add(options);
        }

        if (type.OptionsType.GetProperty("TimeBucketDays") is { } bucket)
        {
            foreach (double days in new[] { 2e-9, 30 }) // of some 170 microseconds
            {
                object options = Small(type, days < 1 ? 3 : 20);
                bucket.SetValue(options, days);
                variants.Add(options);
            }
        }

        if (type.OptionsType.GetProperty("Refit") is { } refit)
        {
            // Through every phase several times, taken over by nearly any difference.
            foreach (RefitOptions again in (RefitOptions[])
                [
                    new() { Every = 7, Capacity = 5, Epochs = 2, Slice = 3, Window = 3, Margin = 0 },
                    new() { Every = 40, Capacity = 60, Epochs = 2, Slice = 5, Window = 20, Margin = 0, Keep = RefitKeep.Reservoir, LearningRate = 0.001 },
                    new() { Every = 40, Capacity = 60, Epochs = 2, Slice = 5, Window = 20, Margin = 0, Method = RefitMethod.Als, Regularization = 0.1 },
                    new() { Every = 13, Capacity = 30, Epochs = 1, Slice = 50, Window = 2, Margin = 0, Method = RefitMethod.Als, Keep = RefitKeep.Reservoir },
                ])
            {
                object options = Small(type, 20);
                refit.SetValue(options, again);
                variants.Add(options);
            }
        }

        return variants;
    }

    private static object New(StageType type)
    {
        object options = type.NewOptions();
        type.OptionsType.GetProperty("Watch")?.SetValue(options, "x.real");
        type.OptionsType.GetProperty("Model")?.SetValue(options, "x");
        return options;
    }

    private static object Small(StageType type, int capacity)
    {
        object options = New(type);
        foreach (PropertyInfo option in type.OptionsType.GetProperties().Where(p => Capacities.Contains(p.Name) && p.PropertyType != typeof(string)))
            option.SetValue(options, option.Name is "HistoryEntries" or "Interactions" ? 15 * capacity : capacity);
        // Two arms that have met every feature, or a few that have met some.
        if (options is LinearPolicyOptions linear) linear.MaxBytes = 2 * RidgeArms.BlockBytes(linear);
        type.OptionsType.GetProperty("Seconds")?.SetValue(options, 5e-6 * capacity);
        return options;
    }
}
