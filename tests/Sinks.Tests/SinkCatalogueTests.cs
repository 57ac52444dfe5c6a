using System.ComponentModel.DataAnnotations;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sinks;
using Streaming.Abstractions.Stages;
using Streaming.Shared.Files;
using Streaming.Sinks.Tests.Support;
using Xunit;

namespace Streaming.Sinks.Tests;

public sealed class SinkCatalogueTests
{
    [Fact]
    public void Lines_have_distinct_names_in_order_and_a_summary()
    {
        Assert.Equal(SinkCatalogue.All.Select(line => line.Name).Order(StringComparer.Ordinal).Distinct(), SinkCatalogue.All.Select(line => line.Name));
        Assert.All(SinkCatalogue.All, line => Assert.InRange(line.Summary.Length, 10, 100));
    }

    [Theory]
    [InlineData("dead-letters", "File")]
    [InlineData("events", "File")]
    [InlineData("kafka-dead-letters", "Topic")]
    [InlineData("kafka-metrics", "Topic")]
    [InlineData("kafka-predictions", "Topic")]
    [InlineData("kafka-signals", "Topic")]
    [InlineData("log", "File")]
    [InlineData("postgres", "Connection")]
    public void What_has_no_default_is_required(string type, string option)
    {
        SinkType line = SinkCatalogue.All.Single(l => l.Name == type);
        object options = line.NewOptions();
        Assert.IsType(line.OptionsType, options);
        List<ValidationResult> mistakes = [];
        Assert.False(Validator.TryValidateObject(options, new ValidationContext(options), mistakes, validateAllProperties: true));
        Assert.Equal([option], Assert.Single(mistakes).MemberNames);
    }

    [Fact]
    public async Task A_sink_of_a_shard_writes_the_file_of_the_shard()
    {
        using TemporaryFolder folder = new();
        SinkBinding binding = new("sink", [], new EntityKeyCodec(1)) { Shard = 7 };
        List<string> files = [];
        foreach (SinkType line in SinkCatalogue.All.Where(l => l.NewOptions() is IFileSinkOptions))
        {
            object options = line.NewOptions();
            line.OptionsType.GetProperty("File")!.SetValue(options, folder.File(line.Name + "-{shard}"));
            files.Add(line.Name + "-7");
            await using ISink sink = line.Create(options, binding);
            Assert.DoesNotContain(line.Name + "-7", folder.Names);
            EventBatch batch = TestBatch.Of(0, 1);
            batch.Rejections.Add(0, 1, 2, default, "x"u8, 1, 1);
            batch.Records.Add(default, "{}"u8);
            await sink.WriteAsync(batch, CancellationToken.None);
            await sink.FlushAsync(0, CancellationToken.None);
        }

        Assert.Equal(["dead-letters-7", "events-7", "log-7"], files);
        Assert.Equal(files, folder.Names);
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
