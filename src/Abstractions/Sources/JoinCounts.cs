using Streaming.Abstractions.State;

namespace Streaming.Abstractions.Sources;

/// <summary>What became of decisions that waited for their rewards, and of the rewards.</summary>
public record struct JoinCounts
{
    /// <summary>Rewards that found their decision: records that are no events of the stream themselves.</summary>
    public long Rewards { get; set; }

    /// <summary>Decisions that were given a reward, found or default, and entered the stream.</summary>
    public long Decisions { get; set; }

    /// <summary>Those of them for which no reward came: they got the default.</summary>
    public long Defaulted { get; set; }

    /// <summary>Those of them whose window was cut short because the join was full.</summary>
    public long ClosedEarly { get; set; }

    /// <summary>Writes the counts.</summary>
    public readonly void Save(ref StateWriter writer)
    {
        writer.Write(Rewards);
        writer.Write(Decisions);
        writer.Write(Defaulted);
        writer.Write(ClosedEarly);
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    public void Restore(ref StateReader reader)
    {
        Rewards = reader.ReadCount();
        Decisions = reader.ReadCount();
        Defaulted = reader.ReadCount();
        ClosedEarly = reader.ReadCount();
    }
}
