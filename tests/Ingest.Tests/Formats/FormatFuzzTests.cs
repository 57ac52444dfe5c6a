using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;
using Streaming.Ingest.Tests.Support;

namespace Streaming.Ingest.Tests.Formats;

/// <summary>Whatever the bytes: nothing throws, and every record is an event, filtered, or rejected.</summary>
public sealed class FormatFuzzTests : IDisposable
{
    private static readonly Dictionary<string, string[]> Good = new()
    {
        ["movielens"] = ["1::2::3.5::1700000000", "196\t242\t3\t881250949", "7,8,4.0,964982703"],
        ["csv"] = ["1,2,3.5,1700000000", "ann,\"a \"\"book\"\"\",2,2023-11-14T22:13:20Z", "x,y,1,"],
        ["tsv"] = ["1\t2\t3.5\t1700000000", "ann\tbook\t2\t2023-11-14 22:13:20+01:00"],
        ["jsonl"] =
        [
            """{"ts":1700000000,"user":"u","item":"i","value":3.5,"context":{"a":1,"b":"x\u00e9"}}""",
            """{"ts":"2023-11-14T22:13:20.123Z","user":7,"item":"\ud83d\ude00","deep":[[[{"a":[1,2]}]]]}""",
            """{"source":{"topic":0,"partition":0,"offset":12,"arrived":1700000000000000},"ts":1700000000,"user":"u","item":"i","value":3.5}""",
        ],
    };

    /// <summary>Records of decisions and late rewards, by format; <c>vw lines</c> is vw with a number of actions.</summary>
    private static readonly Dictionary<string, string[]> Decisions = new()
    {
        ["jsonl"] =
        [
            """{"ts":1,"decision":"d","user":"u","context":{"a":1},"actions":[{"id":"a","x":[1,2]},{"id":"b","features":{"f":2.5,"g":"x"}}],"chosen":"b","propensity":0.5,"reward":1}""",
            """{"actions":["a",{}],"chosen":1,"propensity":0.5,"rewards":[1,2],"expected":[0.5,1],"position":2,"weight":3}""",
            """{"ts":2,"decision":"d","reward":1,"id":"r"}""",
        ],
        ["obd"] = ["0,2019-11-24 00:01:03.979311+00:00,1,3,1,0.045525,aa,0.0,1.5", "1,5,0,\"1\",0,0.5,,0,0"],
        ["dsjson"] =
        [
            """{"_label_cost":-1.5,"_label_probability":0.25,"_labelIndex":1,"EventId":"e","c":{"f":2,"User":{"age":7},"_multi":[{"_tag":"p"},{"j":[{"hot":3},{"v":[1,"x"]}]}]},"pdrop":0.5}""",
            """{"EventId":"e","a":[2,1],"p":[0.75,0.25],"c":{"_multi":[{},{"i":{"id":"x"}}]}}""",
            """{"RewardValue":1.5,"EnqueuedTimeUtc":"2018-09-22T01:48:38.423Z","EventId":"e"}""",
        ],
        ["cloudevents"] =
        [
            """{"specversion":"1.0","id":"e","source":"/shop","type":"x","time":"2023-11-14T22:13:20Z","data":{"decision":"d","reward":1}}""",
            """{"source":{"topic":1,"partition":2,"offset":3,"arrived":4},"specversion":"1.0","id":"e","source":"s","type":"a.dsjson","data":{"RewardValue":1.5,"EventId":"e"}}""",
            """{"specversion":"1.0","id":"e","source":"s","type":"x","data_base64":"eyJkZWNpc2lvbiI6ImQiLCJyZXdhcmQiOjF9"}""",
        ],
        ["vw"] = ["shared | s\n0:1.5:0.5 'x |n:2 a b:3 |m :2\r\n y| c", " | a\n | b", "1:-2:0.25| a"],
        ["vw lines"] = ["2:-1:0.25 tag|n a | b:2", "| a"],
    };

    private static readonly string[] Nasty =
    [
        "\0", "1e999", "-0", "\uFEFF", "\r", "\"", "\\ud800", "{", "[", "::", "\t", ",", "NaN", new string('[', 200), "\"user\":1,", "é",
    ];

    private readonly TempFolder _folder = new();

    [Theory]
    [InlineData("movielens", LogOrder.File)]
    [InlineData("csv", LogOrder.Time)]
    [InlineData("tsv", LogOrder.File)]
    [InlineData("jsonl", LogOrder.File)]
    [InlineData("jsonl", LogOrder.Time)]
    public void Mutated_logs_never_throw_and_every_record_is_accounted_for(string format, LogOrder order)
    {
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            byte[] log = Mutate(format, seed);
            string path = _folder.Write("fuzz", log);
            SourceOptions options = new() { Paths = [path], Format = format, Header = false, Order = order, MaxBadRatio = 1, MaxLineBytes = 1024, MinimumValue = 1 };
            Reading reading = Reading.Of(options, cutEvery: 5).GetAwaiter().GetResult();
            int records = Records(log);
            if (records == 0) return reading.Positions.Count == 0;
            return reading.Last.Records == records
                && reading.Events.Count + reading.Last.Filtered + reading.Rejections.Count == records
                && reading.Last.Events == reading.Events.Count
                && reading.Last.RejectedTotal == reading.Rejections.Count;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(250).WithReplay(17, 23));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("csv")]
    public void Mutated_logs_of_unknown_form_are_read_or_refused_with_a_reason(string? format)
    {
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            string path = _folder.Write("fuzz", Mutate(Good.Keys.ElementAt((int)(seed % 4)), seed));
            try
            {
                Reading.Of(new SourceOptions { Paths = [path], Format = format, MaxBadRatio = 1 }).GetAwaiter().GetResult();
                return true;
            }
            catch (Abstractions.Sources.SourceException e)
            {
                return e.Message.Contains(path, StringComparison.Ordinal);
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(250).WithReplay(29, 31));
    }

    [Theory]
    [InlineData("jsonl")]
    [InlineData("obd")]
    [InlineData("dsjson")]
    [InlineData("cloudevents")]
    [InlineData("vw")]
    [InlineData("vw lines")]
    public void Mutated_decisions_never_throw_and_bad_ones_leave_nothing_behind(string name)
    {
        IEventFormat format = FormatCatalogue.Find(name.Split(' ')[0])!.Create(new SourceOptions { Actions = name == "vw lines" ? 3 : null });
        if (name == "obd") format.TryReadHeader("i,timestamp,item_id,position,click,action_prob,user_feature_0,user-item_affinity_0,user-item_affinity_1"u8, out _);
        using DecisionText text = new();
        int good = 0, bad = 0;
        foreach (string record in Decisions[name]) Assert.Matches("^(Decision|Outcome|Query) ", text.Of(format, record));
        for (ulong seed = 0; seed < 3_000; seed++)
        {
            CounterRng rng = new(seed, 2);
            string[] records = Decisions[name];
            List<byte> bytes = [.. Encoding.UTF8.GetBytes(records[rng.NextBelow((ulong)records.Length)])];
            Edit(bytes, ref rng);
            // Fails where the record is refused but something of it remains.
            string result = text.Of(format, [.. bytes]);
            if (result.StartsWith("Decision", StringComparison.Ordinal) || result.StartsWith("Outcome", StringComparison.Ordinal)) good++;
            else bad++;
        }

        Assert.True(good > 300 && bad > 300, $"{good} good, {bad} bad");
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>Lines that are not empty, a byte order mark at the start left out.</summary>
    private static int Records(byte[] log)
    {
        if (log.AsSpan().StartsWith("\uFEFF"u8)) log = log[3..];
        int records = 0, start = 0;
        for (int i = 0; i <= log.Length; i++)
        {
            if (i < log.Length && log[i] != (byte)'\n') continue;
            int length = i - start;
            bool carriage = length > 0 && log[i - 1] == (byte)'\r' && i < log.Length;
            if (length - (carriage ? 1 : 0) > 0) records++;
            start = i + 1;
        }

        return records;
    }

    private static byte[] Mutate(string format, ulong seed)
    {
        CounterRng rng = new(seed, 1);
        List<byte> log = [];
        for (int line = 0; line < 12; line++)
        {
            string[] lines = Good[format];
            List<byte> bytes = [.. Encoding.UTF8.GetBytes(lines[rng.NextBelow((ulong)lines.Length)])];
            Edit(bytes, ref rng);
            log.AddRange(bytes);
            if (line < 11 || rng.NextBelow(2) == 0) log.AddRange(rng.NextBelow(2) == 0 ? "\n"u8.ToArray() : "\r\n"u8.ToArray());
        }

        return [.. log];
    }

    private static void Edit(List<byte> bytes, ref CounterRng rng)
    {
        for (ulong edits = rng.NextBelow(4); edits > 0 && bytes.Count > 0; edits--)
        {
            int at = (int)rng.NextBelow((ulong)bytes.Count);
            switch (rng.NextBelow(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << (int)rng.NextBelow(8));
                    break;
                case 1:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                case 2:
                    bytes.InsertRange(at, Encoding.UTF8.GetBytes(Nasty[rng.NextBelow((ulong)Nasty.Length)]));
                    break;
                case 3:
                    bytes[at] = (byte)rng.NextBelow(256);
                    break;
                default:
                    bytes.InsertRange(at, Enumerable.Repeat((byte)'9', (int)rng.NextBelow(1500)));
                    break;
            }
        }
    }
}
