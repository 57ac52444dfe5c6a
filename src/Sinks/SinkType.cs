using Streaming.Abstractions.Sinks;

namespace Streaming.Sinks;

/// <summary>A line of the catalogue of sinks: everything the plan must know of a type of sink before one is built.</summary>
public abstract class SinkType
{
    private protected SinkType(string name, string summary, bool readsColumns, Type optionsType) =>
        (Name, Summary, ReadsColumns, OptionsType) = (name, summary, readsColumns, optionsType);

    /// <summary>Value of <c>Type</c> in the configuration.</summary>
    public string Name { get; }

    /// <summary>One line for <c>streaming list sinks</c>.</summary>
    public string Summary { get; }

    /// <summary>
    /// Whether it prints what the stages say of each event: the plan then gives it every column that is not a family, and the demanded members.
    /// </summary>
    public bool ReadsColumns { get; }

    /// <summary>Class of its options.</summary>
    public Type OptionsType { get; }

    /// <summary>A new options object with its defaults.</summary>
    public abstract object NewOptions();

    /// <summary>Builds it. Nothing on disk is touched before the first batch.</summary>
    /// <param name="options">Of type <see cref="OptionsType"/>, validated.</param>
    /// <param name="binding">What the plan gives it.</param>
    public abstract ISink Create(object options, SinkBinding binding);
}

/// <summary>A line for sinks with options <typeparamref name="TOptions"/>.</summary>
public sealed class SinkType<TOptions>(string name, string summary, bool readsColumns, Func<TOptions, SinkBinding, ISink> create)
    : SinkType(name, summary, readsColumns, typeof(TOptions))
    where TOptions : class, new()
{
    /// <inheritdoc/>
    public override object NewOptions() => new TOptions();

    /// <inheritdoc/>
    public override ISink Create(object options, SinkBinding binding) => create((TOptions)options, binding);
}
