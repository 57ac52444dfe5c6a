using Streaming.Host.Views;
using Xunit;

namespace Streaming.Host.Tests.Views;

public class StagePublisherTests
{
    [Fact]
    public void What_is_published_stays_as_it_was_while_the_stage_goes_on_and_publishes_again()
    {
        ViewBoard board = new();
        using Sketched shard = new(board, 0, Sketched.Counts);
        shard.Publish(1000);
        shard.Feed(1500);
        shard.Publisher.WaitForCopy();
        using PublishedPart first = shard.Publisher.Take()!;
        byte[] then = RestoredFrom(first);
        shard.Publish(2000);
        shard.Publish(3000);
        shard.Publish(4000);
        shard.Publisher.WaitForCopy();
        Assert.Equal((1000, 4000), (first.State.Records, Newest(shard).Records));
        Assert.Equal(then, RestoredFrom(first));
        ViewBoard undisturbed = new();
        using Sketched other = new(undisturbed, 0, Sketched.Counts);
        Assert.Equal(other.Feed(1000).Save(), then);
    }

    [Fact]
    public void Memory_is_used_again_and_is_that_of_two_states_and_of_those_that_are_read()
    {
        ViewBoard board = new();
        using Sketched shard = new(board, 0, Sketched.Counts);
        HashSet<PublishedState> seen = new(ReferenceEqualityComparer.Instance);
        for (int i = 1; i <= 20; i++)
        {
            shard.Publish(100 * i);
            shard.Publisher.WaitForCopy();
            seen.Add(Newest(shard));
        }

        Assert.Equal(2, seen.Count);
        using (PublishedPart held = shard.Publisher.Take()!)
        {
            for (int i = 21; i <= 40; i++)
            {
                shard.Publish(100 * i);
                shard.Publisher.WaitForCopy();
                Assert.NotSame(held.State, Newest(shard));
                seen.Add(Newest(shard));
            }
        }

        Assert.Equal(3, seen.Count);
    }

    [Fact]
    public void What_is_read_when_the_shard_goes_can_be_read_to_its_end()
    {
        ViewBoard board = new();
        using Sketched shard = new(board, 0, Sketched.Counts);
        shard.Publish(500);
        shard.Publisher.WaitForCopy();
        PublishedPart part = shard.Publisher.Take()!;
        shard.Publish(600); // its copy may be under way
        board.Remove(0);
        Assert.Null(shard.Publisher.Take());
        using (Sketched other = new(new ViewBoard(), 0, Sketched.Counts)) Assert.Equal(other.Feed(500).Save(), RestoredFrom(part));
        part.Dispose();
        Assert.Equal(0, part.State.Bytes); // its memory was given back
    }

    [Fact]
    public void How_long_the_stage_was_held_up_is_measured()
    {
        using Sketched shard = new(new ViewBoard(), 0, Sketched.Top);
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (shard.Publisher.Held, shard.Publisher.LongestHeld));
        shard.Publish(100);
        TimeSpan first = shard.Publisher.Held;
        Assert.Equal(first, shard.Publisher.LongestHeld);
        shard.Publish(200);
        Assert.True(shard.Publisher.Held > first && shard.Publisher.LongestHeld < shard.Publisher.Held);
    }

    private static PublishedState Newest(Sketched shard)
    {
        using PublishedPart part = shard.Publisher.Take()!;
        return part.State;
    }

    private static byte[] RestoredFrom(PublishedPart part)
    {
        using Sketched fresh = new(new ViewBoard(), 0, Sketched.Counts);
        part.RestoreTo(fresh.Operator);
        return fresh.Save();
    }
}
