using System.Runtime.InteropServices;

namespace Streaming.KafkaMock;

/// <summary>
/// A mock cluster of librdkafka: brokers on the loopback that keep their logs in memory, 5 MiB or 100,000 message sets a partition, the oldest dropped silently. A fetch gives
/// one message set a partition; an empty one waits all of <c>fetch.wait.max.ms</c>; a group forms after 3 s, and needs a session timeout of 4 s or more. It checks no
/// transaction, no idempotence without one, and no security.
/// </summary>
internal sealed class Cluster : IDisposable
{
    private readonly nint _client;
    private readonly nint _cluster;

    /// <summary>A cluster of so many brokers.</summary>
    public Cluster(int brokers)
    {
        byte[] error = new byte[512];
        nint settings = MockLibrary.NewSettings();
        MockLibrary.Set(settings, "log_level", "3", error, error.Length); // it has no bootstrap servers, and warns of that
        _client = MockLibrary.NewClient(0, settings, error, error.Length);
        if (_client == 0) throw new InvalidOperationException($"No client: {System.Text.Encoding.UTF8.GetString(error).TrimEnd('\0')}");
        _cluster = MockLibrary.NewCluster(_client, brokers);
        if (_cluster == 0) throw new InvalidOperationException("No mock cluster.");
    }

    /// <summary>Addresses of its brokers.</summary>
    public string Bootstrap => Marshal.PtrToStringUTF8(MockLibrary.Bootstraps(_cluster))!;

    public int CreateTopic(string name, int partitions) => MockLibrary.CreateTopic(_cluster, name, partitions, 1);

    public int SetDown(int broker) => MockLibrary.SetDown(_cluster, broker);

    public int SetUp(int broker) => MockLibrary.SetUp(_cluster, broker);

    public int SetRoundTrip(int broker, int milliseconds) => MockLibrary.SetRoundTrip(_cluster, broker, milliseconds);

    /// <summary>The next requests of this kind get these errors, one each.</summary>
    public int PushErrors(int api, int[] codes)
    {
        MockLibrary.PushErrors(_cluster, (short)api, codes.Length, codes);
        return 0;
    }

    public int ClearErrors(int api)
    {
        MockLibrary.ClearErrors(_cluster, (short)api);
        return 0;
    }

    public int SetLeader(string topic, int partition, int broker) => MockLibrary.SetLeader(_cluster, topic, partition, broker);

    public int SetCoordinator(string type, string key, int broker) => MockLibrary.SetCoordinator(_cluster, type, key, broker);

    public int SetTopicError(string topic, int code)
    {
        MockLibrary.SetTopicError(_cluster, topic, code);
        return 0;
    }

    public void Dispose()
    {
        MockLibrary.DestroyCluster(_cluster);
        MockLibrary.DestroyClient(_client);
    }
}
