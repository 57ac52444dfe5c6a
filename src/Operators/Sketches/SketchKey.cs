namespace Streaming.Operators.Sketches;

/// <summary>Which key of an event a sketch counts.</summary>
public enum SketchKey
{
    /// <summary>The item's.</summary>
    Item,

    /// <summary>The user's.</summary>
    User,
}
