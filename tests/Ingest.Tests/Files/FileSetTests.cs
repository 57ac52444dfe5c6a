using Streaming.Abstractions.Sources;
using Streaming.Ingest.Files;
using Streaming.Ingest.Tests.Support;

namespace Streaming.Ingest.Tests.Files;

public sealed class FileSetTests : IDisposable
{
    private readonly TempFolder _folder = new();

    [Fact]
    public void Globs_expand_in_ordinal_order_and_other_names_stay_in_theirs()
    {
        string b = _folder.Write("x/b.csv", "1"), a = _folder.Write("x/a.csv", "1"), upper = _folder.Write("x/B.csv", "1"), other = _folder.Write("y/a.csv", "1");
        _folder.Write("x/a.txt", "1");
        _folder.Write("x/.hidden.csv", "1");
        Assert.Equal([b, a], FileSet.Expand([b, a]));
        Assert.Equal([upper, a, b], FileSet.Expand([Path.Combine(_folder.Root, "x", "*.csv")]));
        Assert.Equal([a, other], FileSet.Expand([Path.Combine(_folder.Root, "?", "a.csv")]));
        Assert.Equal(["-", a], FileSet.Expand(["-", a]));
    }

    [Fact]
    public void A_file_whose_name_looks_like_a_glob_is_that_file()
    {
        string star = _folder.Write("odd*.csv", "1");
        _folder.Write("odder.csv", "1");
        Assert.Equal([star], FileSet.Expand([star]));
    }

    [Theory]
    [InlineData("missing.csv")]
    [InlineData("*.nothing")]
    [InlineData("no/*/where.csv")]
    [InlineData("folder")]
    public void What_is_no_file_is_refused_by_name(string name)
    {
        _folder.Write("folder/a.csv", "1");
        string path = Path.Combine(_folder.Root, name);
        Assert.Contains(path, Assert.Throws<SourceException>(() => FileSet.Expand([path])).Message);
    }

    [Fact]
    public void The_standard_input_is_read_once() => Assert.Throws<SourceException>(() => FileSet.Expand(["-", "-"]));

    public void Dispose() => _folder.Dispose();
}
