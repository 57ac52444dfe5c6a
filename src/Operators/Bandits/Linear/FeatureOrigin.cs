namespace Streaming.Operators.Bandits.Linear;

/// <summary>Which features a linear policy sees.</summary>
public enum FeatureOrigin
{
    /// <summary>Those of the context and those of each action.</summary>
    Both,

    /// <summary>Those of each action alone.</summary>
    Action,

    /// <summary>Those of the context alone, which are the same for all actions.</summary>
    Context,
}
