using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Xunit;

namespace Streaming.Abstractions.Tests.Learning;

public sealed class ItemCatalogueTests
{
    [Fact]
    public void What_was_said_of_an_item_is_found_by_its_key()
    {
        ItemCatalogue.Builder builder = new();
        Assert.True(builder.TryAdd(7, [new Feature(100_000, 1), new Feature(100_001, .5f)], ItemLife.Always, "Seven"));
        Assert.True(builder.TryAdd(8, [], new ItemLife(10, 20), null));
        ItemCatalogue items = builder.Build();
        Assert.Equal(2, items.Count);
        Assert.Equal([new Feature(100_000, 1), new Feature(100_001, .5f)], items.Features(7).ToArray());
        Assert.Equal("Seven", items.Title(7));
        Assert.Equal(ItemLife.Always, items.Life(7));
        Assert.True(items.Contains(8));
        Assert.True(items.Features(8).IsEmpty);
        Assert.Null(items.Title(8));
        Assert.Equal(new ItemLife(10, 20), items.Life(8));
        Assert.True(items.HasLives);
    }

    [Fact]
    public void Items_come_in_the_order_of_the_file_and_changes_in_that_of_time()
    {
        ItemCatalogue.Builder builder = new();
        builder.TryAdd(9, [], new ItemLife(10, 20), null);
        builder.TryAdd(3, [], ItemLife.Always, null);
        builder.TryAdd(8, [], new ItemLife(long.MinValue, 10), null);
        ItemCatalogue items = builder.Build();
        Assert.Equal([9ul, 3, 8], items.Items.ToArray());
        Assert.Equal([new ItemChange(10, 8), new ItemChange(10, 9), new ItemChange(20, 9)], items.Changes.ToArray());
    }

    [Fact]
    public void An_item_that_is_not_listed_has_no_features_and_may_always_be_offered()
    {
        Assert.False(ItemCatalogue.Empty.Contains(7));
        Assert.True(ItemCatalogue.Empty.Features(7).IsEmpty);
        Assert.Null(ItemCatalogue.Empty.Title(7));
        Assert.True(ItemCatalogue.Empty.Life(7).Includes(long.MaxValue));
        Assert.False(ItemCatalogue.Empty.HasLives);
    }

    [Fact]
    public void The_first_of_two_lines_of_an_item_counts()
    {
        ItemCatalogue.Builder builder = new();
        builder.TryAdd(7, [new Feature(100_000, 1)], ItemLife.Always, "first");
        Assert.False(builder.TryAdd(7, [new Feature(100_001, 1)], new ItemLife(0, 1), "second"));
        ItemCatalogue items = builder.Build();
        Assert.Equal("first", items.Title(7));
        Assert.Equal(100_000UL, Assert.Single(items.Features(7).ToArray()).Key);
        Assert.False(items.HasLives);
        Assert.Throws<ArgumentOutOfRangeException>(() => builder.TryAdd(0, [], ItemLife.Always, null));
    }

    [Fact]
    public void A_catalogue_does_not_change_with_its_builder()
    {
        ItemCatalogue.Builder builder = new();
        ItemCatalogue items = builder.Build();
        builder.TryAdd(7, [], ItemLife.Always, null);
        Assert.Equal(0, items.Count);
        Assert.Equal(1, builder.Count);
    }

    [Theory]
    [InlineData(9, false)]
    [InlineData(10, true)]
    [InlineData(19, true)]
    [InlineData(20, false)]
    public void A_life_begins_with_its_birth_and_ends_before_it_expires(long time, bool included) => Assert.Equal(included, new ItemLife(10, 20).Includes(time));

    [Fact]
    public void More_features_and_longer_titles_take_more_bytes()
    {
        ItemCatalogue.Builder builder = new();
        builder.TryAdd(7, [], ItemLife.Always, null);
        long bare = builder.Build().Bytes;
        builder.TryAdd(8, [new Feature(100_000, 1)], ItemLife.Always, "Eight");
        Assert.True(builder.Build().Bytes > 2 * bare);
    }
}
