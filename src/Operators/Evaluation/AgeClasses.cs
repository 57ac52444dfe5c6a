namespace Streaming.Operators.Evaluation;

/// <summary>Classes of users and items by how many events they have had, the one in question included.</summary>
public static class AgeClasses
{
    /// <summary>Class of an event whose user or item may have been given up for another, and come back.</summary>
    public const int Unknown = 4;

    /// <summary>Their names, as they end the names of measures; a closed list.</summary>
    public static IReadOnlyList<string> Names { get; } = ["1", "2_5", "6_20", "over_20", "unknown"];

    /// <summary>The class of the event that is the user's or item's first, second, ...; 0 for one whose number is not known.</summary>
    public static int Of(int number) => number switch { < 1 => Unknown, 1 => 0, <= 5 => 1, <= 20 => 2, _ => 3 };
}
