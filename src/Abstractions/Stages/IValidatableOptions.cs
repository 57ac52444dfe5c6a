namespace Streaming.Abstractions.Stages;

/// <summary>Options with rules that concern several of them at once; run after the annotations, with all other mistakes reported together.</summary>
public interface IValidatableOptions
{
    /// <summary>The rules that are broken: the option's name, and what was found and what is allowed.</summary>
    IEnumerable<(string Option, string Message)> Validate();
}
