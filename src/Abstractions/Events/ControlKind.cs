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
}

/// <summary>A control record on its way through the stages, after all events of its batch.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="User">Key of the user to forget; <see cref="Keys.EntityKeyCodec.None"/> for other kinds.</param>
public readonly record struct ControlMark(ControlKind Kind, ulong User);
