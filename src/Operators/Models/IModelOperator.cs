using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Models;

/// <summary>A stage around one model.</summary>
public interface IModelOperator : IOperator
{
    /// <summary>The model. Whoever calls it takes the place of the stage: one caller at a time.</summary>
    IRatingModel Model { get; }
}
