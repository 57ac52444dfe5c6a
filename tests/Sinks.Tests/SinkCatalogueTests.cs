using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.Stages;
using Streaming.Sinks.DeadLetter;
using Streaming.Sinks.Jsonl;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests;

public sealed class SinkCatalogueTests
{
    [Fact]
    public void Lines_have_distinct_names_in_order_and_a_summary()
    {
        Assert.Equal(["dead-letters", "events"], SinkCatalogue.All.Select(line => line.Name));
        Assert.All(SinkCatalogue.All, line => Assert.InRange(line.Summary.Length, 10, 100));
    }

    [Fact]
    public void A_file_is_required()
    {
        foreach (SinkType line in SinkCatalogue.All)
        {
            object options = line.NewOptions();
            Assert.IsType(line.OptionsType, options);
            List<ValidationResult> mistakes = [];
            Assert.False(Validator.TryValidateObject(options, new ValidationContext(options), mistakes, validateAllProperties: true));
            Assert.Equal(["File"], Assert.Single(mistakes).MemberNames);
        }
    }

    [Fact]
    public async Task Each_line_builds_its_sink()
    {
        using TempFolder folder = new();
        SinkBinding binding = new("sink", [ColumnView.Of("mf", "score", ColumnType.Real, 0)], new EntityKeyCodec(1));
        await using ISink events = SinkCatalogue.All.Single(line => line.ReadsColumns).Create(new EventsSinkOptions { File = folder["e"] }, binding);
        await using ISink dead = SinkCatalogue.All.Single(line => !line.ReadsColumns).Create(new DeadLetterSinkOptions { File = folder["d"] }, binding);
        Assert.IsType<EventsSink>(events);
        Assert.IsType<DeadLetterSink>(dead);
        Assert.Empty(folder.Names);
    }

    [Theory]
    [InlineData("rank@20", IntegerForm.Rank)]
    [InlineData("rank", IntegerForm.Rank)]
    [InlineData("signal", IntegerForm.Signal)]
    [InlineData("ranking", IntegerForm.Number)]
    [InlineData("chosen", IntegerForm.Number)]
    public void The_form_of_integers_follows_from_the_column(string column, IntegerForm form) =>
        Assert.Equal(form, ColumnView.Of("s", column, ColumnType.Integer, 0).Form);
}
