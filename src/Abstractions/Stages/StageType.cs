namespace Streaming.Abstractions.Stages;

/// <summary>
/// A line of the catalogue of stages: everything the plan must know of a type of stage before one is built. No reflection over type names: what is
/// not listed does not exist.
/// </summary>
public abstract class StageType
{
    private protected StageType(string name, StageKind kind, string summary, Type optionsType, IReadOnlyList<ColumnDefinition> columns) =>
        (Name, Kind, Summary, OptionsType, Columns) = (name, kind, summary, optionsType, columns);

    /// <summary>Value of <c>Type</c> in the configuration.</summary>
    public string Name { get; }

    /// <summary>Where it stands in the flow.</summary>
    public StageKind Kind { get; }

    /// <summary>One line for <c>streaming list</c>.</summary>
    public string Summary { get; }

    /// <summary>Class of its options: bound strictly, validated by annotations and <see cref="IValidatableOptions"/>.</summary>
    public Type OptionsType { get; }

    /// <summary>Columns it can write.</summary>
    public IReadOnlyList<ColumnDefinition> Columns { get; }

    /// <summary>Whether it is nothing without a file of items (<see cref="StageBinding.Items"/>): a source that names none is then a mistake.</summary>
    public bool NeedsItems { get; init; }

    /// <summary>A new options object with its defaults.</summary>
    public abstract object NewOptions();

    /// <summary>Columns it reads with these options.</summary>
    public abstract IEnumerable<ColumnRead> Reads(object options);

    /// <summary>Most bytes it may take with these options and this binding, everything at its capacity.</summary>
    public abstract long Bytes(object options, StageBinding binding);

    /// <summary>Builds it.</summary>
    public abstract IOperator Create(object options, StageBinding binding);
}

/// <summary>A line of the catalogue for stages with options <typeparamref name="TOptions"/>.</summary>
public sealed class StageType<TOptions> : StageType
    where TOptions : class, new()
{
    private readonly Func<TOptions, StageBinding, IOperator> _create;
    private readonly Func<TOptions, StageBinding, long> _bytes;
    private readonly Func<TOptions, IEnumerable<ColumnRead>> _reads;

    /// <summary>The line; see the properties of <see cref="StageType"/> for what each part says.</summary>
    public StageType(
        string name,
        StageKind kind,
        string summary,
        IReadOnlyList<ColumnDefinition> columns,
        Func<TOptions, StageBinding, IOperator> create,
        Func<TOptions, StageBinding, long> bytes,
        Func<TOptions, IEnumerable<ColumnRead>>? reads = null)
        : base(name, kind, summary, typeof(TOptions), columns) =>
        (_create, _bytes, _reads) = (create, bytes, reads ?? (_ => []));

    /// <inheritdoc/>
    public override object NewOptions() => new TOptions();

    /// <inheritdoc/>
    public override IEnumerable<ColumnRead> Reads(object options) => _reads((TOptions)options);

    /// <inheritdoc/>
    public override long Bytes(object options, StageBinding binding) => _bytes((TOptions)options, binding);

    /// <inheritdoc/>
    public override IOperator Create(object options, StageBinding binding) => _create((TOptions)options, binding);
}
