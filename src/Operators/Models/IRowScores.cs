using Streaming.Operators.Numerics;

namespace Streaming.Operators.Models;

/// <summary>A recommender that can say the scores of all of its items at once.</summary>
internal interface IRowScores
{
    /// <summary>Who has which row.</summary>
    EntityTable ItemEntities { get; }

    /// <summary>Writes the score of every item for a user, by row; false, and nothing is written, for a user who is not held. Changes no state.</summary>
    bool TryScoreAll(ulong user, Span<double> scores);
}
