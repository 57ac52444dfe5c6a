namespace Streaming.Ingest.Synthetic;

/// <summary>The generators that exist: what is not listed here does not.</summary>
public static class GeneratorCatalogue
{
    /// <summary>The lines, in the order in which people are shown them.</summary>
    public static IReadOnlyList<GeneratorType> All { get; } =
    [
        new GeneratorType<RatingsOptions>(
            "ratings", "ratings", "Users rate items, with planted biases and factors", Enum.GetValues<LogShape>(), static (o, shape) => new RatingsLog(new RatingsGenerator(o), shape)),
        new GeneratorType<RecsysOptions>(
            "recsys", "interactions and decisions", "Users rate items and click on some of those they are shown, with planted factors and known means",
            [LogShape.Jsonl], static (o, _) => new RecsysGenerator(o)),
        new GeneratorType<BanditOptions>(
            "bandit", "decisions", "Contextual bandit with full information and known means, for comparing regret", [LogShape.Jsonl], static (o, _) => new BanditGenerator(o)),
    ];

    /// <summary>The line that counts where none is named: <c>recsys</c>.</summary>
    public static GeneratorType Default { get; } = Find("recsys")!;

    /// <summary>The line of this name, in any case; null if there is none.</summary>
    public static GeneratorType? Find(string name) => All.FirstOrDefault(g => g.Name.Equals(name, StringComparison.OrdinalIgnoreCase));
}
