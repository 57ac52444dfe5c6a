namespace Streaming.Host.Evaluate;

/// <summary>What one model has reached on the events held out.</summary>
/// <param name="Id">Id of its stage.</param>
/// <param name="Type">Type of its stage.</param>
/// <param name="Values">Counts and measures by name, in order; NaN where one cannot be known.</param>
internal sealed record ModelResult(string Id, string Type, IReadOnlyList<(string Name, double Value)> Values);

/// <summary>What an evaluation has found.</summary>
/// <param name="Split">How the log was split.</param>
/// <param name="Seed">Seed of the split.</param>
/// <param name="TrainedEvents">Events learned in a pass of the training.</param>
/// <param name="FoldedEvents">Events learned after it.</param>
/// <param name="TestedEvents">Events held out.</param>
/// <param name="TestedUsers">Users of these.</param>
/// <param name="Models">The models, in the order of the flow.</param>
internal sealed record EvaluationResult(
    string Split, ulong Seed, long TrainedEvents, long FoldedEvents, long TestedEvents, long TestedUsers, IReadOnlyList<ModelResult> Models);
