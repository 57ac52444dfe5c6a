using Streaming.Host.Configuration;
using Streaming.Ingest;
using Streaming.Ingest.Formats;
using Streaming.Operators.Drift;
using Streaming.Operators.Sketches;
using Streaming.Shared.Processes;
using Streaming.Sinks;
using Xunit;

namespace Streaming.Host.Tests.Cli;

public class ListCommandTests
{
    public static TheoryData<string, string[]> Kinds => new()
    {
        { "formats", [.. FormatCatalogue.All.Select(f => f.Name)] },
        { "sources", [.. SourceCatalogue.All.Select(s => s.Name)] },
        { "stages", [.. StageCatalogue.All.Select(s => s.Name)] },
        { "sinks", [.. SinkCatalogue.All.Select(s => s.Name)] },
        { "detectors", [.. DetectorCatalogue.All.Select(d => d.Name)] },
        { "sketches", [.. SketchCatalogue.All.Select(s => s.Name)] },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task A_kind_is_listed_as_its_catalogue_has_it_a_name_and_a_summary_a_line(string kind, string[] names)
    {
        ProcessResult result = await StreamingProcess.RunAsync("list", kind);
        Assert.Equal((0, ""), (result.Code, result.Error));
        string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(names, lines.Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]));
        Assert.All(lines, l => Assert.True(l.Split(' ', StringSplitOptions.RemoveEmptyEntries).Length > 2, $"no summary: {l}"));
    }

    [Fact]
    public async Task Without_a_kind_all_are_listed_under_their_headings()
    {
        ProcessResult all = await StreamingProcess.RunAsync("list");
        Assert.Equal(0, all.Code);
        foreach (TheoryDataRow<string, string[]> row in Kinds)
        {
            int heading = Array.IndexOf(all.Output.Split('\n'), row.Data.Item1);
            Assert.True(heading >= 0);
            Assert.Equal(row.Data.Item2, all.Output.Split('\n').Skip(heading + 1).TakeWhile(l => l.Length > 0).Select(l => l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[0]));
        }
    }
}
