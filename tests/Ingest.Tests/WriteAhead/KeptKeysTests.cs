using Streaming.Abstractions.Randomness;
using Streaming.Ingest.WriteAhead;

namespace Streaming.Ingest.Tests.WriteAhead;

public class KeptKeysTests
{
    private const int Capacity = 5;
    private const long Micros = 100;

    [Fact]
    public void It_keeps_what_a_list_of_the_last_ones_that_are_young_enough_has()
    {
        CounterRng rng = new(7, 1);
        KeptKeys kept = new(Capacity, Micros);
        List<KeptAppend> all = [];
        long now = 0;
        int found = 0, lost = 0;
        for (int step = 0; step < 20_000; step++)
        {
            now += (long)rng.NextBelow(30);
            UInt128 id = rng.NextBelow(12);
            all.RemoveAll(a => a.Arrived + Micros < now);
            KeptAppend expected = all.Find(a => a.Key.Id == id);
            bool has = kept.TryFind(id, now, out KeptAppend append);
            Assert.Equal((expected.Records > 0, expected), (has, append));
            if (has) found++;
            if (has || rng.NextBelow(3) == 0) continue;
            KeptAppend added = new(new AppendKey(id, (ulong)step), step + 1, now, Task.CompletedTask);
            kept.Add(added);
            all.Add(added);
            if (all.Count > Capacity) all.RemoveAt(0);
            else lost++;
            Assert.Equal(all.Count, kept.Count);
        }

        Assert.True(found > 1000 && lost > 1000);
    }
}
