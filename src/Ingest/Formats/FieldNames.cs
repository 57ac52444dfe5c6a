namespace Streaming.Ingest.Formats;

/// <summary>The fields that errors name: a closed set.</summary>
internal static class FieldNames
{
    /// <summary>The user's id.</summary>
    public const string User = "user";

    /// <summary>The item's id.</summary>
    public const string Item = "item";

    /// <summary>Rating, count or reward.</summary>
    public const string Value = "value";

    /// <summary>Event time.</summary>
    public const string Time = "ts";

    /// <summary>A context value.</summary>
    public const string Context = "context";

    /// <summary>The first row of a file, which is to say what the columns are.</summary>
    public const string Header = "header";
}
