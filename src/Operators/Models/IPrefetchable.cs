namespace Streaming.Operators.Models;

/// <summary>A model that can ask the memory for an entity's rows before they are needed: out of cache a look-up waits longer than it computes.</summary>
internal interface IPrefetchable
{
    /// <summary>How many events ahead it pays to ask.</summary>
    const int Distance = 8;

    /// <summary>Asks for the rows of a user and an item. Changes no result.</summary>
    void Prefetch(ulong user, ulong item);
}
