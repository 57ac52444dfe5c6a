namespace Streaming.Abstractions.State;

/// <summary>
/// A part of a component's state that may be large, so that copying it would hold up the stream: it is written at once, or else fixed as it is now and
/// written later by another thread while the component goes on.
/// </summary>
/// <remarks>
/// <para>Call order. <see cref="StateWriter.WriteLarge"/> decides, on the component's thread: <see cref="Write"/> with <c>frozen: false</c>; or
/// <see cref="TryFreeze"/>, then on any one other thread <see cref="Write"/> with <c>frozen: true</c>, once or not at all, then <see cref="Release"/>. In
/// between the component learns, and may be asked to write what it is then (<c>frozen: false</c>) for a later snapshot.</para>
/// <para>Form. Both ways write the same bytes: those of the state at the moment of the freeze.</para>
/// </remarks>
public interface ILargeState
{
    /// <summary>About how many bytes <see cref="Write"/> will write; what freezing costs is not worth it for few. O(1), component's thread.</summary>
    long Bytes { get; }

    /// <summary>
    /// Fixes what <see cref="Write"/> writes until <see cref="Release"/>; false where it is still fixed for an earlier snapshot. Component's thread; a byte a
    /// page, nothing is copied.
    /// </summary>
    bool TryFreeze();

    /// <summary>Writes the state: as it was fixed, on any one thread, or as it is, on the component's.</summary>
    void Write(ref StateWriter writer, bool frozen);

    /// <summary>Ends the freeze and gives back what was copied aside. Any thread, none that still writes.</summary>
    void Release();
}
