namespace Streaming.Abstractions.Events;

/// <summary>How much of a batch was in use at some moment, so that what was added since can be taken back (<see cref="EventBatch.Rollback"/>).</summary>
public readonly record struct BatchMark(int Events, int Features, int Actions, int Rewards);
