using Streaming.Abstractions.State;

namespace Streaming.Abstractions.Learning;

/// <summary>Predicts a value for a user and an item, and learns from the value that came.</summary>
/// <remarks>One caller at a time.</remarks>
public interface IRatingModel : IStateful
{
    /// <summary>
    /// The prediction, in the units of the value (explicit models) or of preference (implicit ones); any real number, unclipped. Never changes state:
    /// an unknown user or item gets the rows it would start with.
    /// </summary>
    double Score(in Example example);

    /// <summary>Learns from the example.</summary>
    void Learn(in Example example);

    /// <summary>
    /// <see cref="Score"/> and then <see cref="Learn"/>, in that order and with the same results; a model may do the look-ups of both once.
    /// </summary>
    double ScoreThenLearn(in Example example)
    {
        double score = Score(example);
        Learn(example);
        return score;
    }
}
