using System.CommandLine;
using System.Text;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Sources;
using Streaming.Operators.Sketches;

namespace Streaming.Host.Cli;

/// <summary><c>streaming sketch</c>: a sketch over keys on standard input, one a line.</summary>
internal static class SketchCommand
{
    /// <summary>Distinct keys remembered for the answers of a frequency sketch when no query file is given.</summary>
    private const int Remembered = 1_000_000;

    public static Command Create()
    {
        Argument<string> kind = new("KIND") { Description = "Name of a sketch (streaming list sketches)." };
        Option<string[]> set = SharedOptions.Set("An option of the sketch, as Option=Value. Repeatable.");
        Option<string?> query = SharedOptions.File("--query", "File of the keys to answer for, one a line; without it, every distinct key seen (up to a million).", "FILE");
        Command command = new("sketch", "Runs a sketch over keys on standard input; prints 'KEY<TAB>ESTIMATE<TAB>LOWER<TAB>UPPER' rows, or one number for a cardinality.")
        {
            kind, set, query,
        };
        command.SetAction(result =>
        {
            using TextWriter output = StandardOutput.OpenText(autoFlush: false);
            return Run(result.GetRequiredValue(kind), result.GetValue(set) ?? [], result.GetValue(query), StandardInput.OpenText(), output, Console.Error);
        });
        return command;
    }

    internal static int Run(string kind, IEnumerable<string> set, string? queryFile, TextReader input, TextWriter output, TextWriter error)
    {
        ISketch sketch = ComponentOptions.Create(SketchCatalogue.All, "sketch", kind, SettingArguments.Parse(set), seed: 42);
        EntityKeyCodec keys = new(seed: 42);
        List<ulong> order = [];
        HashSet<ulong> seen = [];
        bool remember = sketch is IFrequencySketch and not ITopKSketch && queryFile is null;
        long forgotten = 0, line = 0;
        while (input.ReadLine() is { } text)
        {
            line++;
            if (text.Length == 0) continue;
            ulong key = Key(keys, text, $"line {line} of the input");
            sketch.Add(key);
            if (!remember || seen.Contains(key)) continue;
            if (order.Count >= Remembered)
            {
                forgotten++;
                continue;
            }

            seen.Add(key);
            order.Add(key);
        }

        if (forgotten > 0) error.WriteLine($"{forgotten} additions were of keys beyond the first {Remembered} distinct ones: counted, but not listed; name the keys you want with --query");
        if (sketch is ICardinalitySketch distinct && queryFile is null) output.WriteLine(distinct.Cardinality.Value.ToString("R"));
        else if (queryFile is not null && sketch is IFrequencySketch queried) Answer(queried, Queries(queryFile, keys), keys, output);
        else if (sketch is ITopKSketch top) Rows(top.Top(int.MaxValue), keys, output);
        else if (sketch is IFrequencySketch frequency) Answer(frequency, order, keys, output);
        else throw new UsageException($"{kind} does not answer for keys: leave --query out");
        return ExitCodes.Done;
    }

    private static IEnumerable<ulong> Queries(string file, EntityKeyCodec keys) =>
        File.ReadLines(file).Where(l => l.Length > 0).Select((l, i) => Key(keys, l, $"key {i + 1} of {file}"));

    private static void Answer(IFrequencySketch sketch, IEnumerable<ulong> queries, EntityKeyCodec keys, TextWriter output) =>
        Rows(queries.Select(q => (q, sketch.Frequency(q))), keys, output);

    private static void Rows(IEnumerable<(ulong Key, Estimate Count)> rows, EntityKeyCodec keys, TextWriter output)
    {
        foreach ((ulong key, Estimate count) in rows) output.WriteLine($"{keys.Name(key)}\t{count.Value:R}\t{count.Lower:R}\t{count.Upper:R}");
    }

    private static ulong Key(EntityKeyCodec keys, string text, string where) =>
        keys.TryEncode(Encoding.UTF8.GetBytes(text), "key", out ulong key, out DecodeError wrong)
            ? key
            : throw new BadRecordsException($"{where} is no key: {wrong.Reason.Label()}");
}
