using Streaming.Abstractions.Keys;

namespace Streaming.Abstractions.Events;

/// <summary>What a control record says.</summary>
public enum ControlKind : byte
{
    /// <summary>None: the batch carries no control record.</summary>
    None = 0,

    /// <summary>A topic was silent for so long that the merge of topics went on without it.</summary>
    Idle = 1,

    /// <summary>A user is to be forgotten: every stage erases what it knows of them (<see cref="Stages.IForgetful"/>).</summary>
    Forget = 2,

    /// <summary>A stage is to begin anew, with nothing learned. Only the engine itself, or a log, says so: one that a sender says is refused.</summary>
    Reset = 3,
}

/// <summary>A control record on its way through the stages, after all events of its batch.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="User">Key of the user to forget; <see cref="EntityKeyCodec.None"/> for other kinds.</param>
/// <param name="Stage">Key of the stage to begin anew (<see cref="KeyOf"/>); 0 for other kinds.</param>
public readonly record struct ControlMark(ControlKind Kind, ulong User, ulong Stage = 0)
{
    /// <summary>Key of a stage, by its id in UTF-8: the same in every run.</summary>
    public static ulong KeyOf(ReadOnlySpan<byte> stage) => XxHash64.Hash(stage, 0);
}
