namespace Streaming.Abstractions.State;

/// <summary>A snapshot does not belong to this configuration, or its content contradicts itself.</summary>
public sealed class StateMismatchException(string message) : Exception(message);
