using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Items;
using Streaming.Ingest.Tests.Support;
using Streaming.Shared.Data;

namespace Streaming.Ingest.Tests.Items;

public sealed class ItemFileTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly EntityKeyCodec _keys = new(42);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Movies_of_a_csv_have_genres_a_decade_and_a_title()
    {
        ItemCatalogue items = Read("movies.csv", "movieId,title,genres\r\n1,Toy Story (1995),Adventure|Comedy\r\n11,\"American President, The (1995)\",Drama\r\n7,Untitled,(no genres listed)\r\n").Catalogue;
        Assert.Equal(3, items.Count);
        Assert.Equal([Category("genres", "Adventure"), Category("genres", "Comedy"), Category("decade", "1990")], items.Features(Key("1")).ToArray());
        Assert.Equal("American President, The (1995)", items.Title(Key("11")));
        Assert.Equal(0, items.Features(Key("7")).Length);
        Assert.False(items.HasLives);
        Assert.False(items.Contains(Key("2")));
    }

    [Fact]
    public void Movies_between_colons_may_be_latin_1()
    {
        string path = _folder.Write("movies.dat", Encoding.Latin1.GetBytes("1::Misérables, Les (1995)::Drama|Musical\n2::Star Wars: Episode IV - A New Hope (1977)::Sci-Fi\n3::What::if (2001)::Comedy\n"));
        ItemCatalogue items = Read(new SourceOptions { Items = path }).Catalogue;
        Assert.Equal("Misérables, Les (1995)", items.Title(Key("1")));
        Assert.Equal([Category("genres", "Sci-Fi"), Category("decade", "1970")], items.Features(Key("2")).ToArray());
        Assert.Equal("What::if (2001)", items.Title(Key("3")));
    }

    [Fact]
    public void A_csv_says_what_its_columns_are_by_its_header()
    {
        ItemCatalogue items = Read("items.csv", "id;name;price;brand;tags;born;expires\na;Lamp;12.5;Acme;red| big |;2020-01-01;1609459200\nb;;;;;;\n").Catalogue;
        Assert.Equal([Number("price", 12.5f), Category("brand", "Acme"), Category("tags", "red"), Category("tags", "big")], items.Features(Key("a")).ToArray());
        Assert.Equal(new ItemLife(1_577_836_800_000_000, 1_609_459_200_000_000), items.Life(Key("a")));
        Assert.Equal(ItemLife.Always, items.Life(Key("b")));
        Assert.Null(items.Title(Key("b")));
        Assert.True(items.HasLives);
    }

    [Fact]
    public void Columns_that_are_given_have_the_last_word()
    {
        SourceOptions options = new() { Items = _folder.Write("items.txt", "12,x,007,4\n"), ItemColumns = "zip:category,-,item,stars:number" };
        ItemCatalogue items = Read(options).Catalogue;
        Assert.Equal([Category("zip", "12"), Number("stars", 4)], items.Features(Key("007")).ToArray());
    }

    [Fact]
    public void A_header_is_passed_over_where_the_columns_are_given()
    {
        SourceOptions options = new() { Items = _folder.Write("items.txt", "item_id,colour\n5,red\n"), ItemColumns = "item,color" };
        Assert.Equal([Category("color", "red")], Read(options).Catalogue.Features(Key("5")).ToArray());
    }

    [Fact]
    public void Objects_have_the_features_that_a_context_would_have()
    {
        ItemCatalogue items = Read(
            "items.jsonl",
            """
            {"item":"i1","title":"A \"b\"","price":3,"new":true,"gone":null,"tags":["x",1,{"no":1},["n"]],"nested":{"no":1},"features":{"size":"L","title":"t"},"born":"2021-05-01T00:00:00Z"}
            {"item":17}
            """).Catalogue;
        Assert.Equal(
            [Number("price", 3), Category("new", "true"), Category("tags", "x"), Category("tags", "1"), Category("size", "L"), Category("title", "t")], items.Features(Key("i1")).ToArray());
        Assert.Equal("A \"b\"", items.Title(Key("i1")));
        Assert.Equal(1_619_827_200_000_000, items.Life(Key("i1")).Born);
        Assert.True(items.Contains(Key("17")));
    }

    [Fact]
    public void Features_of_an_item_have_the_keys_of_a_context_with_the_same_names()
    {
        using BatchPool pool = new(1, 1, 0, 0);
        BatchLease lease = pool.Rent();
        EventWriter writer = new(lease.Batch, _keys, 0);
        Assert.True(new JsonlFormat().TryDecode("""{"user":1,"item":2,"context":{"price":3,"new":true,"size":"L"}}"""u8, ref writer, out _));
        Feature[] context = lease.Batch.Features[lease.Batch.Events[0].Features].ToArray();
        lease.Release();
        Assert.Equal(context, Read("items.jsonl", """{"item":2,"price":3,"new":true,"features":{"size":"L"}}""").Catalogue.Features(Key("2")).ToArray());
    }

    [Fact]
    public void Bad_records_are_counted_and_named_by_line_and_reason()
    {
        string rows = "item,price:number\n1,2\n\n1,3\n2,x\n,5\n3,1,9\n\"4,1\n5,\n6,7\n";
        SourceOptions options = new() { Items = _folder.Write("items.csv", rows), ItemColumns = "item,price:number", MaxBadRatio = 1 };
        ItemListing listing = Read(options);
        Assert.Equal((8, 5, 3), (listing.Records, listing.BadRecords, listing.Catalogue.Count));
        Assert.Equal(
            ["line 4: duplicate-key (item)", "line 5: not-a-number (features)", "line 6: missing-field (item)", "line 7: extra-field", "line 8: malformed"],
            listing.FirstBad.Select(b => b[(options.Items.Length + 2)..]));
        Assert.Equal(2, listing.Catalogue.Features(Key("1"))[0].Value);
    }

    [Theory]
    [InlineData("""{"title":"no item"}""", "missing-field (item)")]
    [InlineData("""{"item":1,"born":"2020-01-02","expires":"2020-01-01"}""", "out-of-range (expires)")]
    [InlineData("""{"item":1,"born":"soon"}""", "bad-time (born)")]
    [InlineData("""{"item":1,"title":7}""", "malformed (title)")]
    [InlineData("""{"item":1,"a":1,"features":{"a":2}}""", "duplicate-key (features)")]
    [InlineData("""{"item":1,"a":1e99}""", "not-finite (features)")]
    [InlineData("""{"item":1,"features":[1]}""", "malformed (features)")]
    [InlineData("""{"item":1,"a":}""", "malformed")]
    public void A_bad_object_says_why(string line, string reason)
    {
        SourceOptions options = new() { Items = _folder.Write("items.jsonl", line + "\n"), MaxBadRatio = 1 };
        Assert.EndsWith($"line 1: {reason}", Assert.Single(Read(options).FirstBad));
    }

    [Fact]
    public void Too_many_bad_records_are_refused_with_the_first()
    {
        string path = _folder.Write("items.jsonl", "{\"item\":1}\n{\"item\":1}\n");
        BadRecordsException e = Assert.Throws<BadRecordsException>(() => Read(new SourceOptions { Items = path, MaxBadRatio = 0.49 }));
        Assert.Contains("1 of 2 records", e.Message);
        Assert.Contains($"{path}, line 2: duplicate-key (item)", e.Message);
    }

    [Fact]
    public void More_items_than_the_capacity_are_refused()
    {
        string path = _folder.Write("items.jsonl", "{\"item\":1}\n{\"item\":2}\n");
        Assert.Equal(2, Read(new SourceOptions { Items = path, ItemCapacity = 2 }).Catalogue.Count);
        SourceException e = Assert.Throws<SourceException>(() => Read(new SourceOptions { Items = path, ItemCapacity = 1 }));
        Assert.Contains("Source:ItemCapacity", e.Message);
    }

    [Fact]
    public void Compressed_files_and_missing_ones_are_told()
    {
        Assert.Equal(1, Read(new SourceOptions { Items = _folder.WriteGzip("items.jsonl.gz", "{\"item\":1}\n") }).Catalogue.Count);
        Assert.Contains("no such file", Assert.Throws<SourceException>(() => Read(new SourceOptions { Items = Path.Combine(_folder.Root, "none.csv") })).Message);
        Assert.Null(ItemFile.Read(new SourceOptions(), _keys));
    }

    [Theory]
    [InlineData("a b c\n", "Source:ItemFormat")]
    [InlineData("title,price\nx,1\n", "Source:ItemColumns")]
    public void What_cannot_be_understood_says_what_to_do(string text, string option) =>
        Assert.Contains(option, Assert.Throws<SourceException>(() => Read("items", text)).Message);

    [Fact]
    public void Ids_that_are_hashed_leave_no_title()
    {
        EntityKeyCodec secret = new(42, secret: new byte[16]);
        ItemListing listing = ItemFile.Read(new SourceOptions { Items = _folder.Write("items.jsonl", """{"item":"a","title":"T","x":"y"}""") }, secret)!;
        Assert.True(listing.Catalogue.Contains(secret.KeyOf("a")));
        Assert.False(listing.Catalogue.Contains(Key("a")));
        Assert.Null(listing.Catalogue.Title(secret.KeyOf("a")));
        Assert.Equal([Category("x", "y")], listing.Catalogue.Features(secret.KeyOf("a")).ToArray());
    }

    [Fact]
    public void The_films_of_movielens_are_read_whole()
    {
        string? path = SharedData.Log("ml-latest-small/movies.csv");
        Assert.SkipWhen(path is null, "ml-latest-small is not on this machine");
        ItemListing listing = Read(new SourceOptions { Items = path, MaxBadRatio = 0 });
        Assert.Equal((9742, 9742, 0), (listing.Catalogue.Count, listing.Records, listing.BadRecords));
        Assert.Equal("Toy Story (1995)", listing.Catalogue.Title(Key("1")));
    }

    private static Feature Number(string name, float value) => new(FeatureKeys.Of(Encoding.UTF8.GetBytes(name)), value);

    private static Feature Category(string name, string value) => FeatureKeys.Categorical(FeatureKeys.Of(Encoding.UTF8.GetBytes(name)), Encoding.UTF8.GetBytes(value));

    private ulong Key(string id) => _keys.KeyOf(id);

    private ItemListing Read(string name, string text) => Read(new SourceOptions { Items = _folder.Write(name, text), MaxBadRatio = 0 });

    private ItemListing Read(SourceOptions options)
    {
        Assert.Empty(options.Validate());
        return ItemFile.Read(options, _keys)!;
    }
}
