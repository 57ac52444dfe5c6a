namespace Streaming.Operators.Numerics;

/// <summary>Rows of factors, to be read.</summary>
/// <remarks>One caller at a time, none that changes a row beside it.</remarks>
public interface IFactorRows
{
    /// <summary>Rows in use or freed.</summary>
    int Count { get; }

    /// <summary>Factors of a row.</summary>
    int Factors { get; }

    /// <summary>Bytes of a factor: 4 or 8.</summary>
    int FactorBytes { get; }

    /// <summary>The key of the entity that has <paramref name="row"/>; 0 for a row that was freed.</summary>
    ulong Key(int row);

    /// <summary>The bias of a row; 0 in models without biases.</summary>
    double BiasOf(int row);

    /// <summary>Copies the factors of a row, exactly.</summary>
    void Copy(int row, Span<double> factors);
}
