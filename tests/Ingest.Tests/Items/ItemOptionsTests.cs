namespace Streaming.Ingest.Tests.Items;

public sealed class ItemOptionsTests
{
    [Theory]
    [InlineData("-", null, null, "Items")]
    [InlineData(null, "csv", null, "Items")]
    [InlineData(null, null, "item", "Items")]
    [InlineData("f", "parquet", null, "ItemFormat")]
    [InlineData("f", null, "title,brand", "ItemColumns")]
    [InlineData("f", null, "item,brand:text", "ItemColumns")]
    [InlineData("f", null, "item,brand,brand:list", "ItemColumns")]
    [InlineData("f", null, "item,,brand", "ItemColumns")]
    [InlineData("f", "jsonl", "item,brand", "ItemColumns")]
    public void What_cannot_be_meant_is_a_mistake(string? items, string? format, string? columns, string option) =>
        Assert.Equal(option, Assert.Single(new SourceOptions { Items = items, ItemFormat = format, ItemColumns = columns }.Validate()).Option);

    [Theory]
    [InlineData(null, "item,-,-,year:number,born")]
    [InlineData("tsv", "item,title")]
    [InlineData("movielens", null)]
    public void What_can_be_meant_is_none(string? format, string? columns) =>
        Assert.Empty(new SourceOptions { Items = "f", ItemFormat = format, ItemColumns = columns }.Validate());
}
