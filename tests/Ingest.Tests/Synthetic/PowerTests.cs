using Streaming.Ingest.Synthetic;

namespace Streaming.Ingest.Tests.Synthetic;

public class PowerTests
{
    [Fact]
    public void Powers_agree_with_the_platform()
    {
        for (double x = 1e-8; x < 1e8; x *= 1.37)
        {
            for (double y = -3; y <= 3; y += 0.125) Assert.Equal(1, Power.Of(x, y) / Math.Pow(x, y), 1e-12);
        }
    }
}
