using Streaming.Ingest.Kafka;

namespace Streaming.Ingest.Tests.Kafka;

public class NativeLibrdkafkaTests
{
    [Fact]
    public void The_native_library_loads_and_tells_its_version()
    {
        if (!NativeLibrdkafka.IsAvailable) Assert.Skip("librdkafka is not installed.");
        Assert.Matches(@"^[1-9]\d*\.\d+\.\d+", NativeLibrdkafka.Version);
    }
}
