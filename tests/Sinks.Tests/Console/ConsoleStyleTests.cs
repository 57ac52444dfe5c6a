using Streaming.Sinks.Console;
using Xunit;

namespace Streaming.Sinks.Tests.Console;

public sealed class ConsoleStyleTests
{
    [Theory]
    [InlineData(true, null, null, true)]
    [InlineData(true, "", "xterm", true)]
    [InlineData(true, "1", "xterm", false)]
    [InlineData(true, null, "dumb", false)]
    [InlineData(false, null, "xterm", false)]
    public void Colour_is_for_terminals_that_want_it(bool terminal, string? noColor, string? term, bool colour) =>
        Assert.Equal(colour, ConsoleStyle.Detect(terminal, name => name == "NO_COLOR" ? noColor : name == "TERM" ? term : null).Colour);

    [Fact]
    public void Without_colour_text_is_as_it_was()
    {
        ConsoleStyle plain = ConsoleStyle.Plain, colour = new(true);
        Assert.Equal("abcd", plain.Bold("a") + plain.Dim("b") + plain.Good("c") + plain.Warn("d"));
        Assert.Equal("\e[1ma\e[0m\e[2mb\e[0m\e[32mc\e[0m\e[33md\e[0m", colour.Bold("a") + colour.Dim("b") + colour.Good("c") + colour.Warn("d"));
    }
}
