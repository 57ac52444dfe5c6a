using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>A model that gives users and items rows of factors, for whoever uses them elsewhere.</summary>
public interface IFactorModel
{
    /// <summary>What every score begins with, biases excepted; 0 for models without a mean.</summary>
    double Intercept { get; }

    /// <summary>The users' rows.</summary>
    IFactorRows UserRows { get; }

    /// <summary>The items' rows.</summary>
    IFactorRows ItemRows { get; }
}
