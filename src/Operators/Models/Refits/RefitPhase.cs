namespace Streaming.Operators.Models.Refits;

/// <summary>How far a re-fit is.</summary>
internal enum RefitPhase : byte
{
    /// <summary>There is no candidate.</summary>
    Idle,

    /// <summary>The candidate becomes a copy of the model, row by row.</summary>
    Copying,

    /// <summary>It is fitted to the events kept.</summary>
    Fitting,

    /// <summary>Both predict each event before they learn it.</summary>
    Judging,

    /// <summary>The candidate has won, and serves; the model's own rows become copies of its rows.</summary>
    TakingOver,
}
