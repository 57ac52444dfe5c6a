using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Streaming.Host.Export;

/// <summary>
/// A file in NumPy's format, version 1.0 (NumPy Enhancement Proposal 1): magic, version, length of the header, the header as a Python literal padded to a multiple of 64 bytes, and the elements, little-endian, row by row.
/// </summary>
internal sealed class NpyFile : IDisposable
{
    private const int Alignment = 64;

    private readonly Stream _output;
    private readonly int _elementBytes;
    private readonly byte[] _row;

    /// <summary>Begins a file of so many rows.</summary>
    /// <param name="path">The file; replaced if it is there.</param>
    /// <param name="rows">Number of rows.</param>
    /// <param name="columns">Elements of a row; null for an array of one dimension, whose rows have one.</param>
    /// <param name="elementBytes">4 for float32, 8 for float64.</param>
    public NpyFile(string path, long rows, int? columns, int elementBytes)
    {
        _elementBytes = elementBytes;
        _row = new byte[(columns ?? 1) * elementBytes];
        string shape = columns is { } c ? string.Create(CultureInfo.InvariantCulture, $"({rows}, {c})") : string.Create(CultureInfo.InvariantCulture, $"({rows},)");
        string header = $"{{'descr': '<f{elementBytes}', 'fortran_order': False, 'shape': {shape}, }}";
        const int Preamble = 10; // magic, version and length; the header ends with a line feed
        int padded = ((Preamble + header.Length + 1 + Alignment - 1) / Alignment * Alignment) - Preamble;
        byte[] head = [0x93, .. "NUMPY"u8, 1, 0, (byte)padded, (byte)(padded >> 8), .. Encoding.ASCII.GetBytes(header.PadRight(padded - 1) + '\n')];
        _output = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        _output.Write(head);
    }

    /// <summary>Writes the next row.</summary>
    public void Write(ReadOnlySpan<double> row)
    {
        for (int i = 0; i < row.Length; i++)
        {
            Span<byte> element = _row.AsSpan(i * _elementBytes, _elementBytes);
            if (_elementBytes == sizeof(float)) BinaryPrimitives.WriteSingleLittleEndian(element, (float)row[i]);
            else BinaryPrimitives.WriteDoubleLittleEndian(element, row[i]);
        }

        _output.Write(_row);
    }

    public void Dispose() => _output.Dispose();
}
