using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>What a model keeps of each entity beside its key: a part of <see cref="EntityColumns"/>.</summary>
internal interface IEntityColumn : IDisposable
{
    /// <summary>Bytes of a row that its pages copy aside.</summary>
    int RowBytes { get; }

    /// <summary>Erases a row, which was touched.</summary>
    void Clear(int row);

    /// <summary>Writes rows 0 to <paramref name="rows"/> - 1: as they were frozen, on any one thread, or as they are.</summary>
    void Write(ref StateWriter writer, RowPages pages, int rows, bool frozen);

    /// <summary>Reads as many rows.</summary>
    void Restore(ref StateReader reader, int rows);
}
