using Streaming.Ingest.Kafka;

namespace Streaming.Ingest.Tests.Kafka;

public class BrokerStatesTests
{
    [Fact]
    public void Brokers_are_counted_by_their_state_and_the_clients_own_are_left_out()
    {
        Counters counters = new();
        BrokerStates states = new(counters);
        Assert.Null(states.Now);
        states.Read("{\"brokers\":{" + string.Join(',', Broker("a", "learned", "UP", 3, 2), Broker("b", "configured", "UPDATE", 1, 0), Broker("c", "learned", "DOWN", 7, 7), Broker("d", "learned", "TRY_CONNECT", 1, 1),
            Broker("e", "learned", "APIVERSION_QUERY", 1, 0), Broker("f", "learned", "INIT", 0, 0), Broker("g", "logical", "UP", 50, 50), Broker("h", "internal", "UP", 50, 50)) + "}}");
        Assert.Equal(new KafkaBrokers(Up: 2, Connecting: 1, Down: 2, Idle: 1), states.Now);
        Assert.Equal((13L, 10L), (counters.Read().Connects, counters.Read().Disconnects));
    }

    [Fact]
    public void What_is_counted_never_falls_whatever_becomes_of_a_broker()
    {
        Counters counters = new();
        BrokerStates states = new(counters);
        states.Read("{\"brokers\":{" + Broker("a", "learned", "UP", 5, 4) + "}}");
        states.Read("{\"brokers\":{}}");
        states.Read("{}");
        Assert.Equal(new KafkaBrokers(0, 0, 0, 0), states.Now);
        states.Read("{\"brokers\":{" + Broker("a", "learned", "UP", 1, 0) + "}}"); // another under the same name
        states.Read("{\"brokers\":{" + Broker("a", "learned", "DOWN", 2, 2) + "}}");
        Assert.Equal((6L, 6L), (counters.Read().Connects, counters.Read().Disconnects));
    }

    private static string Broker(string name, string source, string state, int connects, int disconnects) =>
        $$"""
        "{{name}}":{"name":"{{name}}","nodeid":1,"rtt":{"min":1},"source":"{{source}}","state":"{{state}}","connects":{{connects}},"disconnects":{{disconnects}} }
        """;
}
