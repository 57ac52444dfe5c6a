using System.Runtime.InteropServices;
using Streaming.Ingest.Kafka;

namespace Streaming.KafkaMock;

/// <summary>The functions of librdkafka that make a mock cluster (rdkafka_mock.h).</summary>
internal static partial class MockLibrary
{
    private const string Library = "librdkafka";

    /// <summary>Finds the library as the engine does.</summary>
    public static bool TryLoad(out string reason)
    {
        reason = "librdkafka is not installed";
        if (!NativeLibrdkafka.IsAvailable) return false;
        NativeLibrary.SetDllImportResolver(typeof(MockLibrary).Assembly, (name, _, _) => name == Library ? NativeLibrdkafka.Handle : 0);
        return true;
    }

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_new")]
    public static partial nint NewSettings();

    [LibraryImport(Library, EntryPoint = "rd_kafka_conf_set", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Set(nint settings, string name, string value, byte[] error, nint errorLength);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    public static partial nint NewClient(int type, nint settings, byte[] error, nint errorLength);

    [LibraryImport(Library, EntryPoint = "rd_kafka_destroy")]
    public static partial void DestroyClient(nint client);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    public static partial nint NewCluster(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_destroy")]
    public static partial void DestroyCluster(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    public static partial nint Bootstraps(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int CreateTopic(nint cluster, string topic, int partitions, int replicas);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_set_error", StringMarshalling = StringMarshalling.Utf8)]
    public static partial void SetTopicError(nint cluster, string topic, int code);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_partition_set_leader", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetLeader(nint cluster, string topic, int partition, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down")]
    public static partial int SetDown(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up")]
    public static partial int SetUp(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_rtt")]
    public static partial int SetRoundTrip(nint cluster, int broker, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    public static partial void PushErrors(nint cluster, short api, nint count, int[] codes);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_clear_request_errors")]
    public static partial void ClearErrors(nint cluster, short api);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_coordinator_set", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int SetCoordinator(nint cluster, string type, string key, int broker);
}
