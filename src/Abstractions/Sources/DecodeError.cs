namespace Streaming.Abstractions.Sources;

/// <summary>What is wrong with a record: the reason, and the field it was found in.</summary>
/// <param name="Reason">Why the record is not taken.</param>
/// <param name="Field">The field's name, from a closed set of constants; empty where the whole record is meant.</param>
public readonly record struct DecodeError(RejectionReason Reason, string Field)
{
    /// <summary>No error.</summary>
    public static DecodeError None => default;
}
