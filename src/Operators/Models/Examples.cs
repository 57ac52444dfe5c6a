using System.Runtime.CompilerServices;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;

namespace Streaming.Operators.Models;

/// <summary>Makes examples of events.</summary>
internal static class Examples
{
    /// <summary>Whether the example's importance lets it be learned: positive and finite.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HasWeight(in Example example) => example.Weight is > 0 and < float.PositiveInfinity;

    /// <summary>What a model sees of <paramref name="e"/>; valid as long as the batch.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Example Of(in Event e, EventBatch batch) => new()
    {
        User = e.User,
        Item = e.Item,
        Value = e.Value,
        Time = e.Time,
        Weight = e.Weight,
        Features = e.Features.IsEmpty ? default : batch.Features[e.Features],
    };
}
