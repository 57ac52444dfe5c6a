namespace Streaming.Operators.Evaluation;

/// <summary>Options of the rating-error stage.</summary>
public sealed class RatingErrorOptions : JudgedOptions;
