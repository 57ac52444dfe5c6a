using Streaming.Abstractions.Randomness;
using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Tests.Formats;

public class KeySetTests
{
    [Fact]
    public void It_knows_what_a_hash_set_knows_however_often_it_is_cleared()
    {
        KeySet set = new();
        CounterRng rng = new(3, 7);
        for (int round = 0; round < 300; round++)
        {
            HashSet<ulong> exact = [];
            set.Clear();
            for (ulong n = rng.NextBelow(round % 10 == 0 ? 3000UL : 40UL), range = 1 + rng.NextBelow(2000); n > 0; n--)
            {
                ulong key = rng.NextBelow(range) << (int)rng.NextBelow(3);
                Assert.Equal(exact.Contains(key), set.Contains(key));
                Assert.Equal(exact.Add(key), set.Add(key));
            }
        }
    }
}
