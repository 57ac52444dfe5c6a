using System.Text;
using System.Text.Json;
using Streaming.Ingest.Synthetic;

namespace Streaming.Ingest.Tests.Synthetic;

/// <summary>What every generator promises.</summary>
public class GeneratorContractTests
{
    private const int Records = 3000;

    public static TheoryData<string, bool> Generators => [.. GeneratorCatalogue.All.Select(g => (g.Name, false)), ("recsys", true)];

    [Theory]
    [MemberData(nameof(Generators))]
    public void The_same_options_give_the_same_bytes_and_another_seed_gives_others(string name, bool late)
    {
        List<string> lines = GeneratedLines.Of(Create(name, late));
        Assert.True(lines.Count >= Records);
        Assert.Equal(lines, GeneratedLines.Of(Create(name, late)));
        List<string> others = GeneratedLines.Of(Create(name, late, o => o.Seed = 43));
        Assert.True(lines.Zip(others).Count(l => l.First == l.Second) < Records / 100);
    }

    [Theory]
    [MemberData(nameof(Generators))]
    public void A_log_can_be_entered_at_any_record(string name, bool late)
    {
        List<string> lines = GeneratedLines.Of(Create(name, late));
        ILogGenerator generator = Create(name, late);
        foreach (int record in (int[])[2999, 0, 1, 9, 10, 1234, 300, lines.Count - 1])
        {
            generator.Seek(record);
            Assert.Equal(lines.Skip(record).Take(200), GeneratedLines.Of(generator, 200));
        }

        generator.Seek(lines.Count);
        Assert.Empty(GeneratedLines.Of(generator));
        generator.Seek(long.MaxValue);
        Assert.Empty(GeneratedLines.Of(generator));
    }

    [Theory]
    [MemberData(nameof(Generators))]
    public void Records_are_json_objects_in_order_of_time_within_the_length_that_is_stated(string name, bool late)
    {
        ILogGenerator generator = Create(name, late);
        long before = 0;
        foreach (string line in GeneratedLines.Of(generator))
        {
            Assert.True(Encoding.UTF8.GetByteCount(line) <= generator.MaxLineBytes);
            using JsonDocument document = JsonDocument.Parse(line);
            long time = document.RootElement.GetProperty("ts").GetInt64();
            Assert.True(time >= before, line);
            before = time;
        }

        Assert.Equal(1, generator.Progress);
        generator.Seek(0);
        Assert.Equal(0, generator.Progress);
    }

    [Theory]
    [MemberData(nameof(Generators))]
    public void A_shorter_log_is_the_beginning_of_a_longer_one_where_nothing_hangs_on_the_length(string name, bool late)
    {
        // Late rewards beyond the shorter log's last event stand at its end.
        Assert.Equal(GeneratedLines.Of(Fixed(5000), 2900), GeneratedLines.Of(Fixed(Records), 2900));

        ILogGenerator Fixed(long events) => Create(name, late, o =>
        {
            o.Events = events;
            if (o is not RatingsOptions ratings) return;
            (ratings.Users, ratings.Items, ratings.InitialShare) = (300, 200, 1);
            (ratings.DriftAt, ratings.GradualFrom, ratings.GradualTo) = ([1000], 1500, 2000);
        });
    }

    [Theory]
    [MemberData(nameof(Generators))]
    public void No_record_allocates(string name, bool late)
    {
        ILogGenerator generator = Create(name, late, o => o.Events = 40_000);
        byte[] line = new byte[generator.MaxLineBytes];
        for (int n = 0; n < 20_000; n++) generator.Next(line);
        long before = GC.GetAllocatedBytesForCurrentThread();
        int written = 0;
        while (written < 10_000 && generator.Next(line) > 0) written++;
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(10_000, written);
    }

    [Theory]
    [InlineData("ratings")]
    [InlineData("recsys")]
    [InlineData("bandit")]
    public void Every_option_is_part_of_the_fingerprint(string name)
    {
        GeneratorType type = GeneratorCatalogue.Find(name)!;
        ulong[] prints = [.. Variants().Select(o => new SyntheticOptions(type, o).Fingerprint())];
        Assert.Equal(prints.Length, prints.Distinct().Count());
        Assert.Equal(prints[0], new SyntheticOptions(type).Fingerprint());

        IEnumerable<GeneratorOptions> Variants()
        {
            yield return type.NewOptions();
            foreach (System.Reflection.PropertyInfo property in type.OptionsType.GetProperties())
            {
                GeneratorOptions options = type.NewOptions();
                object? value = property.GetValue(options);
                property.SetValue(options, value switch
                {
                    long n => n + 1,
                    ulong n => n + 1,
                    int n => n + 1,
                    bool flag => !flag,
                    double x => x + 0.25,
                    List<double> => new List<double> { 0.5 },
                    Enum => Enum.GetValues(property.PropertyType).Cast<object>().First(v => !v.Equals(value)),
                    _ when property.PropertyType == typeof(int?) => (object)77,
                    _ => 0.75,
                });
                yield return options;
            }
        }
    }

    [Fact]
    public void Every_generator_can_be_written_as_json_lines_under_a_name_of_its_own()
    {
        Assert.Equal(["ratings", "recsys", "bandit"], GeneratorCatalogue.All.Select(g => g.Name));
        Assert.All(GeneratorCatalogue.All, g => Assert.Contains(LogShape.Jsonl, g.Shapes));
        Assert.All(GeneratorCatalogue.All, g => Assert.Same(g.OptionsType, g.NewOptions().GetType()));
        Assert.All(GeneratorCatalogue.All, g => Assert.Empty(g.NewOptions().Validate()));
        Assert.Null(GeneratorCatalogue.Find("clicks"));
    }

    private static ILogGenerator Create(string name, bool late, Action<GeneratorOptions>? change = null)
    {
        GeneratorType type = GeneratorCatalogue.Find(name)!;
        GeneratorOptions options = type.NewOptions();
        options.Events = Records;
        if (options is RecsysOptions recsys) recsys.LateRewards = late;
        change?.Invoke(options);
        Assert.Empty(options.Validate());
        return type.Create(options, LogShape.Jsonl);
    }
}
