namespace Streaming.Abstractions.Events;

/// <summary>What an <see cref="Event"/> says. A stage takes the kinds it understands and passes the others untouched.</summary>
public enum EventKind : byte
{
    /// <summary>A user met an item: a rating, a view, a click, a purchase. <see cref="Event.Value"/> is the rating, the count, or NaN.</summary>
    Interaction = 0,

    /// <summary>A logged choice among candidate actions, with its propensity.</summary>
    Decision = 1,

    /// <summary>The answer to an earlier decision, by <see cref="Event.Decision"/>.</summary>
    Outcome = 2,

    /// <summary>A question asked of the models between two events; answered, never learned.</summary>
    Query = 3,

    /// <summary>
    /// A mark of the engine itself, <see cref="ControlKind"/>: a record of the log, so that a replay repeats it, but no event of the stream. The intake takes it
    /// out and hands it on as <see cref="EventBatch.Control"/>.
    /// </summary>
    Control = 4,
}
