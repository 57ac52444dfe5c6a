using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Sketches;

/// <content>The cells as another thread writes them. There are two freezes, so that a snapshot and a view can be under way at the same time.</content>
public sealed unsafe partial class CountMin
{
    private sealed class CellFreeze : ILargeState
    {
        private readonly CountMin _sketch;
        private readonly MemoryColumn _column;

        public CellFreeze(CountMin sketch)
        {
            (_sketch, Pages) = (sketch, new RowPages(sketch._cells.Length, sizeof(uint)));
            _column = Pages.Add(new MemoryColumn(Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(sketch._cells)), sizeof(uint)));
        }

        public RowPages Pages { get; }

        public long Bytes => sizeof(uint) * (long)_sketch._cells.Length;

        public bool TryFreeze()
        {
            if (!Pages.TryFreeze(_sketch._cells.Length)) return false;
            _sketch._plainUpTo = 0;
            return true;
        }

        public void Write(ref StateWriter writer, bool frozen)
        {
            // Once to count those in use, which says the form, and once to write them.
            using NativeBuffer<uint> page = new(Pages.RowsPerPage);
            int used = 0, step = Pages.RowsPerPage, all = _sketch._cells.Length;
            for (int first = 0; first < all; first += step)
            {
                Span<uint> cells = Page(first, frozen, page);
                used += cells.Length - cells.Count(0u);
            }

            writer.Write(used);
            for (int first = 0; first < all; first += step)
            {
                Span<uint> cells = Page(first, frozen, page);
                if (frozen) Pages.Done(first);
                if (_sketch.IsDense(used)) writer.WriteRaw<uint>(cells);
                else WriteUsed(ref writer, first, cells);
            }

            GC.KeepAlive(_sketch);
        }

        public void Release() => Pages.Release();

        private Span<uint> Page(int first, bool frozen, NativeBuffer<uint> page)
        {
            Span<uint> cells = page.AsSpan(0, Math.Min(Pages.RowsPerPage, _sketch._cells.Length - first));
            Pages.Copy(_column, first, cells.Length, frozen, (byte*)page.Pointer);
            return cells;
        }
    }
}
