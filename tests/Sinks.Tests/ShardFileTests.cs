using Xunit;

namespace Streaming.Sinks.Tests;

public sealed class ShardFileTests
{
    [Theory]
    [InlineData("out/events-{shard}.jsonl", 12, "out/events-12.jsonl")]
    [InlineData("{shard}/{shard}.jsonl", 0, "0/0.jsonl")]
    [InlineData("events.jsonl", 3, "events.jsonl")]
    [InlineData("{Shard}", 3, "{Shard}")]
    public void The_number_of_the_shard_stands_for_the_placeholder(string path, int shard, string file)
    {
        Assert.Equal(file, ShardFile.Of(path, shard));
        Assert.Equal(path != file, ShardFile.IsIn(path));
    }
}
