using System.Net;
using Streaming.Host.Web;
using Streaming.Shared.Time;
using Xunit;

namespace Streaming.Host.Tests.Web;

public class RateLimiterTests
{
    private readonly ManualClock _time = new();

    [Fact]
    public void An_address_has_its_rate_over_time_and_saves_up_one_second_of_it()
    {
        RateLimiter limiter = new(10, _time);
        IPAddress address = IPAddress.Parse("192.0.2.1");
        Assert.Equal(10, Taken(limiter, address, 100));
        _time.Advance(TimeSpan.FromSeconds(.35));
        Assert.Equal(3, Taken(limiter, address, 100));
        _time.Advance(TimeSpan.FromSeconds(3600));
        Assert.Equal(10, Taken(limiter, address, 100));
        Assert.Equal(10, Taken(limiter, IPAddress.Parse("192.0.2.2"), 100));
    }

    [Fact]
    public void It_says_when_to_come_back()
    {
        RateLimiter limiter = new(.25, _time);
        IPAddress address = IPAddress.Parse("192.0.2.1");
        Assert.True(limiter.TryTake(address, out int wait));
        Assert.Equal(0, wait);
        Assert.False(limiter.TryTake(address, out wait));
        Assert.Equal(4, wait);
        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.True(limiter.TryTake(address, out _));
    }

    [Fact]
    public void An_ipv6_address_counts_with_its_64_and_a_mapped_one_as_what_it_is()
    {
        RateLimiter limiter = new(1, _time);
        Assert.True(limiter.TryTake(IPAddress.Parse("2001:db8::1"), out _));
        Assert.False(limiter.TryTake(IPAddress.Parse("2001:db8::ffff:2"), out _));
        Assert.True(limiter.TryTake(IPAddress.Parse("2001:db8:0:1::1"), out _));
        Assert.True(limiter.TryTake(IPAddress.Parse("192.0.2.1"), out _));
        Assert.False(limiter.TryTake(IPAddress.Parse("::ffff:192.0.2.1"), out _));
        Assert.True(limiter.TryTake(null, out _));
    }

    [Fact]
    public void The_table_is_bounded_and_forgets_who_was_heard_of_least_recently()
    {
        RateLimiter limiter = new(1, _time);
        for (int i = 0; i < RateLimiter.Capacity; i++) Assert.True(limiter.TryTake(new IPAddress(0x0A000000 + i), out _));
        Assert.False(limiter.TryTake(new IPAddress(0x0A000000), out _)); // heard of again
        for (int i = 0; i < RateLimiter.Capacity - 1; i++) Assert.True(limiter.TryTake(new IPAddress(0x0B000000 + i), out _));
        Assert.Equal(RateLimiter.Capacity, limiter.Count);
        Assert.False(limiter.TryTake(new IPAddress(0x0A000000), out _));
        Assert.True(limiter.TryTake(new IPAddress(0x0A000001), out _));
    }

    private static int Taken(RateLimiter limiter, IPAddress address, int tries) => Enumerable.Range(0, tries).Count(_ => limiter.TryTake(address, out int _));
}
