using System.Runtime.InteropServices;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Bandits.Linear;

/// <content>Blocks: taken, grown, given back, set back, inverted.</content>
internal sealed unsafe partial class RidgeArms
{
    private void Grow(int row, int needed)
    {
        int before = _blocks[row].Stride, stride = Math.Min(_longest, Math.Max(2 * before, RidgeKernel.Padded(needed)));
        MakeRoom(row, BytesOf(stride) - BytesOf(before));
        ArmBlock old = _blocks[row];
        using NativeBuffer<double>? oldMemory = Take(row, stride);
        ref ArmBlock arm = ref _blocks[row];
        if (old.Inverse == null)
        {
            Start(arm, 0);
            return;
        }

        (arm.Updates, arm.LastPull, arm.Older, arm.Newer) = (old.Updates, old.LastPull, old.Older, old.Newer);
        for (int place = 0; place < old.Stride; place++) Copy(old.InverseRow(place), arm.InverseRow(place), old.Stride);
        Copy(old.Weights, arm.Weights, old.Stride);
        Copy(old.B, arm.B, old.Stride);
        Copy(old.Row(0), arm.Row(0), old.Row(old.Stride) - old.Row(0));
        Start(arm, old.Stride);
    }

    /// <summary>Gives a row a block of zeros; returns what it had.</summary>
    private NativeBuffer<double>? Take(int row, int stride)
    {
        if (row >= _memory.Length) Array.Resize(ref _memory, Math.Max(row + 1, 2 * _memory.Length));
        NativeBuffer<double>? old = _memory[row];
        if (old is null) _held++;
        _memory[row] = new NativeBuffer<double>(ArmBlock.Length(stride));
        _bytes += BytesOf(stride) - BytesOf(_blocks[row].Stride);
        _blocks[row] = new ArmBlock { Inverse = _memory[row]!.Pointer, Stride = stride };
        return old;
    }

    private void Drop(int row)
    {
        if (_blocks[row].Inverse == null) return;
        _frozen.Touch(row);
        Unlink(row);
        _bytes -= BytesOf(_blocks[row].Stride);
        _held--;
        _memory[row]!.Dispose();
        _memory[row] = null;
        _blocks[row] = default;
    }

    /// <summary>Takes blocks, longest not pulled first, until so many bytes more fit.</summary>
    private void MakeRoom(int exceptRow, long bytes)
    {
        while (_bytes + bytes > _maxBytes)
        {
            int oldest = _oldest - 1;
            Drop(oldest == exceptRow ? _blocks[oldest].Newer - 1 : oldest);
            _dropped++;
        }
    }

    /// <summary>Takes a row out of the order of pulls, if it is in it.</summary>
    private void Unlink(int row)
    {
        ref ArmBlock arm = ref _blocks[row];
        if (_oldest != row + 1 && arm.Older == 0) return;
        if (arm.Older == 0) _oldest = arm.Newer;
        else _blocks[arm.Older - 1].Newer = arm.Newer;
        if (arm.Newer == 0) _newest = arm.Older;
        else _blocks[arm.Newer - 1].Older = arm.Older;
        (arm.Older, arm.Newer) = (0, 0);
    }

    /// <summary>Puts a row that is not in the order of pulls at its end.</summary>
    private void LinkNewest(int row)
    {
        _blocks[row].Older = _newest;
        if (_newest == 0) _oldest = row + 1;
        else _blocks[_newest - 1].Newer = row + 1;
        _newest = row + 1;
    }

    /// <summary>Nothing is known from the place <paramref name="from"/> on, where all is 0 yet.</summary>
    private void Start(in ArmBlock arm, int from)
    {
        for (int place = from; place < arm.Stride; place++) (arm.InverseRow(place)[place], arm.Row(place)[place]) = (1 / _lambda, _lambda);
    }

    private void Reset(ref ArmBlock arm)
    {
        NativeMemory.Clear(arm.Inverse, (nuint)BytesOf(arm.Stride));
        Start(arm, 0);
        arm.Updates = 0;
        Resets++;
    }

    /// <summary>
    /// Computes inverse and weights anew from A and b, over the first <paramref name="n"/> places: A = U'U, and then A^-1 = L^-T L^-1 with L = U'. O(n^3).
    /// Returns false where A has lost its definiteness.
    /// </summary>
    private bool Invert(ref ArmBlock arm, int n)
    {
        if (_scratch is null || _scratch.Length < (long)n * n)
        {
            _scratch?.Dispose();
            _scratch = new NativeBuffer<double>((long)arm.Stride * arm.Stride);
        }

        arm.Updates = 0;
        if (!Decompose(arm, n)) return false;
        double* lower = _scratch.Pointer;
        InvertLower(arm, lower, n);
        for (int i = 0; i < n; i++) new Span<double>(arm.InverseRow(i), n).Clear();
        for (int k = 0; k < n; k++)
        {
            double* row = lower + ((long)k * n);
            for (int i = 0; i <= k; i++)
            {
                if (row[i] != 0) RidgeKernel.AddScaled(arm.InverseRow(i), row[i], row, RidgeKernel.Padded(k + 1));
            }
        }

        new Span<double>(arm.Weights, n).Clear();
        for (int i = 0; i < n; i++) RidgeKernel.AddScaled(arm.Weights, arm.B[i], arm.InverseRow(i), n);
        return double.IsFinite(RidgeKernel.Dot(arm.Weights, arm.Weights, n));
    }

    /// <summary>Puts U into the upper triangle of the inverse; what is below the diagonal has no meaning then.</summary>
    private static bool Decompose(in ArmBlock arm, int n)
    {
        for (int i = 0; i < n; i++)
        {
            for (int j = 0; j <= i; j++) (arm.InverseRow(j)[i], arm.InverseRow(i)[j]) = (arm.Row(i)[j], arm.Row(i)[j]);
        }

        for (int k = 0; k < n; k++)
        {
            double* pivot = arm.InverseRow(k);
            if (!(pivot[k] > 0 && double.IsFinite(pivot[k]))) return false;
            double scale = 1 / Math.Sqrt(pivot[k]);
            for (int c = k; c < n; c++) pivot[c] *= scale;
            for (int i = k + 1; i < n; i++)
            {
                int start = i & -RidgeKernel.Lanes;
                if (pivot[i] != 0) RidgeKernel.AddScaled(arm.InverseRow(i) + start, -pivot[i], pivot + start, n - start);
            }
        }

        return true;
    }

    /// <summary>Fills the lower triangle of <paramref name="lower"/> (n x n) with L^-1, zeros above it.</summary>
    private static void InvertLower(in ArmBlock arm, double* lower, int n)
    {
        NativeMemory.Clear(lower, (nuint)(sizeof(double) * (long)n * n));
        for (int k = 0; k < n; k++) lower[((long)k * n) + k] = 1;
        for (int k = 0; k < n; k++)
        {
            double* row = lower + ((long)k * n), pivot = arm.InverseRow(k);
            for (int c = 0; c <= k; c++) row[c] /= pivot[k];
            for (int i = k + 1; i < n; i++)
            {
                if (pivot[i] != 0) RidgeKernel.AddScaled(lower + ((long)i * n), -pivot[i], row, RidgeKernel.Padded(k + 1));
            }
        }
    }

    private static long BytesOf(int stride) => sizeof(double) * ArmBlock.Length(stride);

    private static void Copy(double* from, double* to, long count) => Buffer.MemoryCopy(from, to, count * sizeof(double), count * sizeof(double));
}
