using Streaming.Host.Cli;
using Streaming.Host.Configuration;

namespace Streaming.Host.Evaluate;

/// <summary>What the command line asks of an evaluation on held-out events.</summary>
/// <param name="Layers">Where the configuration comes from.</param>
internal sealed record EvaluateArguments(ConfigurationLayers Layers)
{
    /// <summary>How the log is split.</summary>
    public SplitKind Split { get; init; }

    /// <summary>Share that is held out, above 0 and below 1; from 1 on, and only of each user, a number of events.</summary>
    public double Test { get; init; } = 0.2;

    /// <summary>The second file, for <see cref="SplitKind.Given"/>.</summary>
    public string? TestFile { get; init; }

    /// <summary>Negatives drawn for each held-out event, which is then ranked among these alone; 0 for all items.</summary>
    public int Negatives { get; init; }

    /// <summary>A file of negatives; null for none.</summary>
    public string? NegativesFile { get; init; }

    /// <summary>Whether whole users are held out, and a share of their events is learned after the training.</summary>
    public bool StrongGeneralization { get; init; }

    /// <summary>That share of a held-out user's events, above 0 and below 1.</summary>
    public double FoldIn { get; init; } = 0.8;

    /// <summary>Whether items of the user's training events are ranked too.</summary>
    public bool IncludeSeen { get; init; }

    /// <summary>The k of the measures.</summary>
    public IReadOnlyList<int> Ks { get; init; } = [10, 20];

    /// <summary>Passes over the training part.</summary>
    public int Epochs { get; init; } = 1;

    /// <summary>Seed of the split and of drawn negatives.</summary>
    public ulong Seed { get; init; } = 42;

    /// <summary>Where the summary goes; null for nowhere.</summary>
    public string? SummaryFile { get; init; }

    /// <summary>Throws where the arguments contradict each other.</summary>
    /// <exception cref="UsageException">They do.</exception>
    public void Check()
    {
        bool share = Test is > 0 and < 1, number = Test >= 1 && Test <= int.MaxValue && Test == Math.Floor(Test);
        if (Split == SplitKind.PerUser && !StrongGeneralization ? !share && !number : !share)
            throw new UsageException($"--test needs a share above 0 and below 1{(Split == SplitKind.PerUser ? ", or a number of events of each user" : "")}, found {Test:R}");
        if ((Split == SplitKind.Given) != TestFile is not null) throw new UsageException("--split given and --test-file FILE belong together");
        if (Split == SplitKind.Given && StrongGeneralization) throw new UsageException("--strong-generalization draws the users that are held out: --split given cannot say them too");
        if (FoldIn is not (> 0 and < 1)) throw new UsageException($"--fold-in needs a share above 0 and below 1, found {FoldIn:R}");
        if (Epochs is < 1 or > 1000) throw new UsageException($"--epochs needs a number from 1 to 1,000, found {Epochs}");
        if (IncludeSeen && (Negatives > 0 || NegativesFile is not null)) throw new UsageException("--include-seen is about the ranking of all items, and --negatives names the items that are ranked");
        if (Layers.Logs.Contains("-") || TestFile == "-") throw new UsageException("an evaluation reads its logs more than once, which standard input cannot be");
    }
}
