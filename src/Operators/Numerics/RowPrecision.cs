namespace Streaming.Operators.Numerics;

/// <summary>How the factors of a row are kept between two events.</summary>
public enum RowPrecision
{
    /// <summary>As they are computed with.</summary>
    Single,

    /// <summary>IEEE 754 binary16: 11 significant bits, up to 65,504.</summary>
    Half,

    /// <summary>bfloat16: 8 significant bits, the range of single precision.</summary>
    Bfloat16,
}
