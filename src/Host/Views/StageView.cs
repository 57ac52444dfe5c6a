using System.Collections.Immutable;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Reports;
using Streaming.Host.Graph;

namespace Streaming.Host.Views;

/// <summary>A shard in a view.</summary>
/// <param name="Shard">Its number.</param>
/// <param name="Records">Its records that the view has.</param>
/// <param name="Bytes">Bytes of what it has published.</param>
internal readonly record struct ViewPart(int Shard, long Records, long Bytes);

/// <summary>What one stage says of the streams of several shards: a pure function of which shards are in it, and of how many records each.</summary>
/// <param name="Stage">The stage.</param>
/// <param name="Parts">The shards that are in it, by number.</param>
/// <param name="Report">What it says; null while no shard is in it.</param>
/// <param name="Names">Give the shards' keys their names.</param>
internal sealed record StageView(PlannedStage Stage, ImmutableArray<ViewPart> Parts, StageReport? Report, ImmutableArray<EntityKeyCodec> Names)
{
    private const char Unnamed = '#';

    /// <summary>The name that the first shard has which knows it.</summary>
    public string? Name(ulong key)
    {
        string? name = null;
        foreach (EntityKeyCodec names in Names)
        {
            name = names.Name(key);
            if (name?.StartsWith(Unnamed) != true) break;
        }

        return name;
    }
}
