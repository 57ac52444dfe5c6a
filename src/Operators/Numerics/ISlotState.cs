using Streaming.Abstractions.State;

namespace Streaming.Operators.Numerics;

/// <summary>The owner of slots whose state <see cref="FrozenSlots"/> fixes.</summary>
/// <remarks>Both are asked before the owner changes the slot, on the owner's thread, or while it does not, on another.</remarks>
internal interface ISlotState
{
    /// <summary>The slot whose state is saved after this one's, where slots are saved in an order of their own.</summary>
    int After(int slot);

    /// <summary>Writes the state of a slot.</summary>
    void SaveSlot(int slot, ref StateWriter writer);
}
