namespace Streaming.Abstractions.State;

/// <summary>
/// Something whose state is in snapshots.
/// </summary>
/// <remarks>
/// <para>Call order. A life begins with nothing or with one <see cref="Restore"/>, before any other work. Then, for each snapshot,
/// <see cref="Freeze"/> and after it <see cref="Save"/>, on the thread that does the work and before it goes on: between the two nothing is
/// learned. Everything that a later result depends on is state: counts, random state, window contents, the order of lists.</para>
/// <para>Size. <see cref="Save"/> holds up the stream for as long as it takes. What may be large (more than a mebibyte, say) goes through
/// <see cref="StateWriter.WriteLarge"/>: its pages are only marked, another thread writes them, and the component copies a page aside before it first
/// changes it (<see cref="ILargeState"/>). The bytes are the same.</para>
/// <para>Form. <see cref="Save"/> is canonical: two components that will give the same results write the same bytes. Options that give the state
/// its shape or meaning (factors, width, seed) are written with <see cref="StateWriter.Shape(string, long)"/> and compared on restore.</para>
/// </remarks>
public interface IStateful
{
    /// <summary>Names the kind of state; checked on restore. Never changes.</summary>
    string StateTag { get; }

    /// <summary>Version of the layout that <see cref="Save"/> writes, from 1. <see cref="Restore"/> reads this and, where stated, older ones.</summary>
    int StateVersion { get; }

    /// <summary>Whose state it is.</summary>
    StateScope Scope { get; }

    /// <summary>Fixes what the next <see cref="Save"/> writes: the state as it is now. A component whose state is saved in place does nothing.</summary>
    /// <param name="epoch">Number of the snapshot; grows. 0 where the state is published for a view, and in no snapshot.</param>
    void Freeze(long epoch);

    /// <summary>Writes the state. Changes nothing.</summary>
    void Save(ref StateWriter writer);

    /// <summary>Becomes what was saved.</summary>
    /// <param name="reader">Reads the section's payload.</param>
    /// <param name="version">Layout version found, from 1 to <see cref="StateVersion"/>.</param>
    /// <exception cref="StateMismatchException">The snapshot was made with other options, or its content makes no sense.</exception>
    void Restore(ref StateReader reader, int version);
}
