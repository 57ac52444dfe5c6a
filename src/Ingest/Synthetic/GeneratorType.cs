namespace Streaming.Ingest.Synthetic;

/// <summary>A line of the catalogue of generators: what <c>streaming generate</c> writes and the synthetic source streams.</summary>
public abstract class GeneratorType
{
    private protected GeneratorType(string name, string what, string summary, IReadOnlyList<LogShape> shapes, Type optionsType) =>
        (Name, What, Summary, Shapes, OptionsType) = (name, what, summary, shapes, optionsType);

    /// <summary>Its name on the command line and value of <c>Source:Synthetic:Type</c>.</summary>
    public string Name { get; }

    /// <summary>What its records are, in the plural.</summary>
    public string What { get; }

    /// <summary>A sentence for people, without its end.</summary>
    public string Summary { get; }

    /// <summary>Shapes it can be written in, the default first; the synthetic source reads <see cref="LogShape.Jsonl"/>, which each has.</summary>
    public IReadOnlyList<LogShape> Shapes { get; }

    /// <summary>Class of its options.</summary>
    public Type OptionsType { get; }

    /// <summary>A new options object with its defaults.</summary>
    public abstract GeneratorOptions NewOptions();

    /// <summary>Builds one, at its first record.</summary>
    /// <param name="options">Of type <see cref="OptionsType"/>, validated; not changed afterwards.</param>
    /// <param name="shape">One of <see cref="Shapes"/>.</param>
    public abstract ILogGenerator Create(GeneratorOptions options, LogShape shape);
}

/// <summary>A line for generators with options <typeparamref name="TOptions"/>.</summary>
public sealed class GeneratorType<TOptions>(
    string name, string what, string summary, IReadOnlyList<LogShape> shapes, Func<TOptions, LogShape, ILogGenerator> create)
    : GeneratorType(name, what, summary, shapes, typeof(TOptions))
    where TOptions : GeneratorOptions, new()
{
    /// <inheritdoc/>
    public override GeneratorOptions NewOptions() => new TOptions();

    /// <inheritdoc/>
    public override ILogGenerator Create(GeneratorOptions options, LogShape shape) => create((TOptions)options, shape);
}
