using Streaming.Shared.Files;
using Streaming.Sinks.Files;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests.Files;

public sealed class AtomicFileTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_new_content_takes_the_place_of_the_old()
    {
        string path = _folder.File("f");
        File.WriteAllText(path, "something longer");
        AtomicFile.Write(path, stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(path));
        Assert.Equal(["f"], _folder.Names);
    }

    [Fact]
    public void A_failure_halfway_leaves_the_old_content_and_nothing_else()
    {
        string path = _folder.File("f");
        File.WriteAllText(path, "old");
        Assert.Throws<InvalidOperationException>(() => AtomicFile.Write(path, stream =>
        {
            stream.Write("half"u8);
            stream.Flush();
            throw new InvalidOperationException();
        }));
        Assert.Equal("old", File.ReadAllText(path));
        Assert.Equal(["f"], _folder.Names);
    }

    [Fact]
    public void A_file_that_was_not_there_is_made()
    {
        AtomicFile.Write(_folder.File("f"), stream => stream.Write("new"u8));
        Assert.Equal("new", File.ReadAllText(_folder.File("f")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_stays_a_link(bool dangling)
    {
        if (!dangling) File.WriteAllText(_folder.File("target"), "old");
        File.CreateSymbolicLink(_folder.File("link"), _folder.File("target"));
        AtomicFile.Write(_folder.File("link"), stream => stream.Write("new"u8));
        Assert.NotNull(new FileInfo(_folder.File("link")).LinkTarget);
        Assert.Equal("new", File.ReadAllText(_folder.File("target")));
    }

    [Fact]
    public void A_missing_folder_is_an_error_of_the_disk() =>
        Assert.ThrowsAny<IOException>(() => AtomicFile.Write(_folder.File("no/f"), stream => stream.WriteByte(1)));

    [Fact]
    public void A_device_is_written_and_not_replaced()
    {
        Assert.SkipUnless(File.Exists("/dev/full") && File.Exists("/dev/null"), "There is no /dev/full here.");
        Assert.Throws<IOException>(() => AtomicFile.Write("/dev/full", stream => stream.Write("x"u8)));
        AtomicFile.Write("/dev/null", stream => stream.Write("x"u8));
        Assert.Equal(0, new FileInfo("/dev/null").Length);
        Assert.False(File.Exists("/dev/null.tmp"));
    }
}
