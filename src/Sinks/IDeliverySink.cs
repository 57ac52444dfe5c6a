namespace Streaming.Sinks;

/// <summary>A sink whose messages somebody else confirms, later.</summary>
public interface IDeliverySink
{
    /// <summary>What became of its messages. From any thread.</summary>
    DeliveryCounts Deliveries { get; }
}
