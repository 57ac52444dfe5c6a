using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="Hybrid"/>.</summary>
public sealed class HybridOptions : RecommenderOptions
{
    /// <summary>The model of who met what, with its defaults; default <see cref="HybridPart.ItemKnn"/>.</summary>
    public HybridPart Collaborative { get; set; } = HybridPart.ItemKnn;

    /// <summary>
    /// What the score by features counts beside the other where nothing is known of the user or the item, 0 to 100; default 1. Raising it puts items that few have met further up.
    /// </summary>
    [Range(0.0, 100.0)]
    public double ContentWeight { get; set; } = 1;

    /// <summary>Events of a user, beside an item with very many, at which the score by features counts half of <see cref="ContentWeight"/>, 0 to 1e6; default 30. Raising it goes by features for longer.</summary>
    [Range(0.0, 1e6)]
    public double UserShrinkage { get; set; } = 30;

    /// <summary>Events of an item, beside a user with very many, at which the score by features counts half of <see cref="ContentWeight"/>, 0 to 1e6; default 30. Raising it goes by features for longer.</summary>
    [Range(0.0, 1e6)]
    public double ItemShrinkage { get; set; } = 30;

    /// <summary>Columns for features, 1 to 4,096; default 64: as <see cref="ContentOptions.Dimensions"/>.</summary>
    [Range(1, 4096)]
    public int Dimensions { get; set; } = 64;

    /// <summary>After how many further events of the user an event counts half in the user's profile, 0.1 to 1e9; default 10. Raising it remembers old tastes for longer.</summary>
    [Range(0.1, 1e9)]
    public double HalfLife { get; set; } = 10;

    /// <summary>Whether a feature counts the more the fewer of the listed items have it; default true: as <see cref="ContentOptions.Idf"/>.</summary>
    public bool Idf { get; set; } = true;
}

/// <summary>The models that a hybrid can have beside content.</summary>
public enum HybridPart
{
    /// <summary>What came together with the user's last items.</summary>
    ItemKnn,

    /// <summary>What similar users met.</summary>
    UserKnn,

    /// <summary>Matrix factorization of what users met.</summary>
    Isgd,

    /// <summary>Pairwise ranking of what users met over what they did not.</summary>
    Warp,
}
