namespace Streaming.Ingest.Kafka;

/// <summary>How the brokers stand with this client, by its own account.</summary>
/// <param name="Up">Connected.</param>
/// <param name="Connecting">Reached, and in the middle of the greeting: encryption, login, versions.</param>
/// <param name="Down">Not reached.</param>
/// <param name="Idle">Not needed so far.</param>
public sealed record KafkaBrokers(int Up, int Connecting, int Down, int Idle);
