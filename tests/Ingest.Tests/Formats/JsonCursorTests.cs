using System.Text;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Randomness;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Tests.Formats;

public class JsonCursorTests
{
    private static readonly string[] Parts =
    [
        "{", "}", "[", "]", ",", ":", "\"a\"", "\"\\u00e9\\n\"", "\"a longer string, beyond sixteen bytes \\\" and more\"", "0", "-1.5e+3", "12345678.87654321", "01", "1.", "-", "1e", ".5",
        "true", "false", "null", "nul", " ", "\t", "\r", "\n", "\\", "\"", "\u0001", "\"\\x\"", "\"\\u12g4\"", "é", "{\"k\":", "[1,", "/",
    ];

    [Fact]
    public void It_takes_and_reads_what_the_platforms_reader_does()
    {
        int taken = 0;
        Prop.ForAll(ArbMap.Default.ArbFor<ulong>(), seed =>
        {
            byte[] text = Encoding.UTF8.GetBytes("{\"a\":" + Text(seed) + "}");
            string? expected = ByPlatform(text), found = ByCursor(text);
            if (expected is not null) taken++;
            Assert.Equal(expected, found);
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(20_000).WithReplay(41, 43));
        Assert.InRange(taken, 1_000, 19_000);
    }

    [Theory]
    [InlineData("{} ", true)]
    [InlineData("\t{}", true)]
    [InlineData("{}x}", false)]
    [InlineData("{", false)]
    [InlineData("", false)]
    [InlineData("[}", false)]
    public void A_record_is_one_object(string text, bool expected) => Assert.Equal(expected, ByCursor(Encoding.UTF8.GetBytes(text)) is not null);

    /// <summary>A value that may be broken: a random one, or a random sequence of parts, or a random one with a part put into it.</summary>
    private static string Text(ulong seed)
    {
        CounterRng rng = new(seed, 3);
        StringBuilder text = new();
        if (rng.NextBelow(4) == 0)
        {
            for (ulong n = rng.NextBelow(6); n > 0; n--) text.Append(Parts[rng.NextBelow((ulong)Parts.Length)]);
            return text.ToString();
        }

        Value(ref rng, text, 0);
        if (rng.NextBelow(2) == 0) text.Insert((int)rng.NextBelow((ulong)text.Length), Parts[rng.NextBelow((ulong)Parts.Length)]);
        return text.ToString();
    }

    private static void Value(ref CounterRng rng, StringBuilder text, int depth)
    {
        ulong kind = rng.NextBelow(depth > 4 ? 3UL : 5UL);
        if (kind < 3)
        {
            text.Append(kind == 0 ? "\"s\\u0041\\t\"" : kind == 1 ? $"{(long)rng.NextBelow(1 << 20) - 1000}.{rng.NextBelow(1UL << 50)}" : "true");
            return;
        }

        text.Append(kind == 3 ? '{' : '[');
        for (ulong n = rng.NextBelow(4), i = 0; i < n; i++)
        {
            if (i > 0) text.Append(rng.NextBelow(3) == 0 ? " , " : ",");
            if (kind == 3) text.Append($"\"key{i}\":");
            Value(ref rng, text, depth + 1);
        }

        text.Append(kind == 3 ? '}' : ']');
    }

    private static string? ByPlatform(byte[] text)
    {
        try
        {
            StringBuilder read = new();
            Utf8JsonReader reader = new(text, new JsonReaderOptions { MaxDepth = JsonCursor.MaxDepth });
            while (reader.Read())
            {
                if (reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName) read.Append(reader.GetString()).Append(';');
                else if (reader.TokenType == JsonTokenType.Number) read.Append(BitConverter.DoubleToInt64Bits(reader.GetDouble() + 0.0)).Append(';');
            }

            return read.ToString();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? ByCursor(byte[] text)
    {
        if (!JsonCursor.TryOpen(text, out JsonCursor json, out _)) return null;
        StringBuilder read = new();
        JsonValues values = new();
        Members(ref json, values, read);
        return json.TryEnd() ? read.ToString() : null;
    }

    private static void Members(ref JsonCursor json, JsonValues values, StringBuilder read)
    {
        while (json.NextName())
        {
            Append(ref json, values, read);
            if (json.TryRead()) Walk(ref json, values, read);
        }
    }

    private static void Walk(ref JsonCursor json, JsonValues values, StringBuilder read)
    {
        switch (json.Value.Kind)
        {
            case JsonKind.Object:
                Members(ref json, values, read);
                break;
            case JsonKind.Array:
                while (json.NextElement()) Walk(ref json, values, read);
                break;
            case JsonKind.String:
                Append(ref json, values, read);
                break;
            case JsonKind.Number:
                Assert.True(json.TryNumber(out double number, out _));
                Assert.True(Numbers.TryReal(json[json.Value], out double again, out RejectionReason reason), reason.Label());
                Assert.Equal(again, number);
                read.Append(BitConverter.DoubleToInt64Bits(number)).Append(';');
                break;
        }
    }

    private static void Append(ref JsonCursor json, JsonValues values, StringBuilder read)
    {
        Assert.True(values.TryText(ref json, json.Value, out ReadOnlySpan<byte> text));
        read.Append(Encoding.UTF8.GetString(text)).Append(';');
    }
}
