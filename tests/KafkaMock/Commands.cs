using System.Globalization;

namespace Streaming.KafkaMock;

/// <summary>
/// What a cluster can be told, a line each; the answer is <c>ok</c>, or <c>error</c> and why. Brokers count from 1, partitions from 0; API keys and error codes are those of the
/// protocol; a leader of -1 is none, and -195 as a code cuts the connection.
/// <code>
/// topic NAME PARTITIONS          down BROKER          up BROKER          rtt BROKER MILLISECONDS
/// errors APIKEY CODE...          clear APIKEY         leader TOPIC PARTITION BROKER
/// coordinator group|transaction KEY BROKER            topic-error NAME CODE
/// </code>
/// </summary>
internal sealed class Commands(Cluster cluster)
{
    /// <summary>Does what the line says.</summary>
    public string Answer(string line)
    {
        string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        try
        {
            int code = words switch
            {
                ["topic", var name, var partitions] => cluster.CreateTopic(name, Number(partitions)),
                ["down", var broker] => cluster.SetDown(Number(broker)),
                ["up", var broker] => cluster.SetUp(Number(broker)),
                ["rtt", var broker, var milliseconds] => cluster.SetRoundTrip(Number(broker), Number(milliseconds)),
                ["errors", var api, .. var codes] => cluster.PushErrors(Number(api), [.. codes.Select(Number)]),
                ["clear", var api] => cluster.ClearErrors(Number(api)),
                ["leader", var topic, var partition, var broker] => cluster.SetLeader(topic, Number(partition), Number(broker)),
                ["coordinator", var type, var key, var broker] => cluster.SetCoordinator(type, key, Number(broker)),
                ["topic-error", var name, var error] => cluster.SetTopicError(name, Number(error)),
                _ => throw new FormatException($"no such command: {line}"),
            };
            return code == 0 ? "ok" : $"error {code}";
        }
        catch (FormatException e)
        {
            return $"error {e.Message}";
        }
    }

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);
}
