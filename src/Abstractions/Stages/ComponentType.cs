namespace Streaming.Abstractions.Stages;

/// <summary>
/// A line of a catalogue of components (detectors, sketches): what the command line and nested configuration build by name.
/// </summary>
/// <typeparam name="TContract">What it is used as.</typeparam>
public abstract class ComponentType<TContract>
{
    private protected ComponentType(string name, string summary, Type optionsType) => (Name, Summary, OptionsType) = (name, summary, optionsType);

    /// <summary>Its name on the command line and value of <c>Type</c> in the configuration.</summary>
    public string Name { get; }

    /// <summary>One line for <c>streaming list</c>.</summary>
    public string Summary { get; }

    /// <summary>Class of its options.</summary>
    public Type OptionsType { get; }

    /// <summary>A new options object with its defaults.</summary>
    public abstract object NewOptions();

    /// <summary>Builds it.</summary>
    /// <param name="options">Of type <see cref="OptionsType"/>, validated.</param>
    /// <param name="seed">For components that hash or draw.</param>
    public abstract TContract Create(object options, ulong seed);
}

/// <summary>A line for components with options <typeparamref name="TOptions"/>.</summary>
public sealed class ComponentType<TContract, TOptions>(string name, string summary, Func<TOptions, ulong, TContract> create)
    : ComponentType<TContract>(name, summary, typeof(TOptions))
    where TOptions : class, new()
{
    /// <inheritdoc/>
    public override object NewOptions() => new TOptions();

    /// <inheritdoc/>
    public override TContract Create(object options, ulong seed) => create((TOptions)options, seed);
}
