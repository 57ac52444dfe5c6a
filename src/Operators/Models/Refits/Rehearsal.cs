namespace Streaming.Operators.Models.Refits;

/// <summary>What a factor model learns at the moment: only what is new to it may change more than two rows.</summary>
internal enum Rehearsal : byte
{
    /// <summary>An event that came.</summary>
    None,

    /// <summary>The same once more, for the candidate.</summary>
    Event,

    /// <summary>Events kept, with the rates and penalties of passes.</summary>
    Samples,
}
