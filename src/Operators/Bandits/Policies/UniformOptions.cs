namespace Streaming.Operators.Bandits.Policies;

/// <summary>Options of <see cref="UniformPolicy"/>.</summary>
public sealed class UniformOptions : PolicyOptions
{
}
