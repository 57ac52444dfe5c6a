using Streaming.Abstractions.Learning;

namespace Streaming.Operators.Models;

/// <summary>A recommender that learns from the fact that a user met an item, whatever the value.</summary>
public interface IImplicitModel : IRecommender
{
    /// <summary>Scores, then learns; also says the log loss of the event before it was learned.</summary>
    /// <param name="example">User, item and weight.</param>
    /// <param name="loss">Negative natural logarithm of the model's probability of the event, as the model defines it; not negative.</param>
    double ScoreThenLearn(in Example example, out double loss);
}
