using System.Globalization;
using Streaming.KafkaMock;

// Streaming.KafkaMock [BROKERS] [TOPIC:PARTITIONS ...]
// The first line on the standard output is the bootstrap address. Each line on the standard input is a command (Commands), and is answered by a line. Ends with its input,
// so that it never outlives whoever started it.
if (!MockLibrary.TryLoad(out string reason))
{
    Console.Error.WriteLine(reason);
    return 69;
}

int brokers = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 1;
using Cluster cluster = new(brokers);
foreach (string topic in args.Skip(1))
{
    string[] parts = topic.Split(':');
    cluster.CreateTopic(parts[0], int.Parse(parts[1], CultureInfo.InvariantCulture));
}

Console.WriteLine(cluster.Bootstrap);
Commands commands = new(cluster);
while (Console.ReadLine() is string line) Console.WriteLine(commands.Answer(line));
return 0;
