namespace Streaming.Abstractions.Stages;

/// <summary>The kinds of stage in the order in which events flow through them. Nothing flows backward.</summary>
public enum StageKind
{
    /// <summary>Aggregates over the last events or the last stretch of event time.</summary>
    Window = 1,

    /// <summary>Approximate counts in bounded memory.</summary>
    Sketch = 2,

    /// <summary>Learners of users and items.</summary>
    Model = 3,

    /// <summary>Policies that choose.</summary>
    Bandit = 4,

    /// <summary>Detectors of change.</summary>
    Drift = 5,

    /// <summary>How well it does.</summary>
    Evaluation = 6,
}
