using System.Globalization;
using System.Text;
using Streaming.Abstractions.Events;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.Sources;
using Streaming.Ingest.Formats;

namespace Streaming.Ingest.Tests.Formats;

/// <summary>Decodes single records of decisions and writes everything that they became, features under their names.</summary>
public sealed class DecisionText : IDisposable
{
    private readonly BatchPool _pool = new(1, 8, 0, 0);
    private readonly EntityKeyCodec _keys = new(42);
    private readonly Dictionary<ulong, string> _names = [];

    /// <summary>Time given to records that have none.</summary>
    public const long DefaultTime = 5;

    /// <summary>Features that records may have: <c>name</c>, <c>name=value</c>, <c>namespace^name</c>, <c>namespace^name=value</c>, <c>name[2]</c>.</summary>
    public DecisionText(params string[] features)
    {
        foreach (string feature in features)
        {
            int equals = feature.IndexOf('='), bracket = feature.IndexOf('[');
            string whole = equals < 0 ? feature : feature[..equals], path = bracket < 0 ? whole : whole[..bracket];
            int caret = path.IndexOf('^');
            ulong space = caret < 0 ? 0 : FeatureKeys.Namespace(Bytes(path[..caret]));
            ulong key = FeatureKeys.Of(Bytes(path[(caret + 1)..]), space);
            if (bracket >= 0) key = FeatureKeys.Element(key, feature[bracket + 1] - '0');
            if (equals >= 0) key = FeatureKeys.Categorical(key, Bytes(feature[(equals + 1)..])).Key;
            _names[key] = feature;
        }
    }

    /// <summary>What the record became; or the reason and field of the error; or "nothing".</summary>
    public string Of(IEventFormat format, string record) => Of(format, Bytes(record));

    public string Of(IEventFormat format, byte[] record)
    {
        BatchLease lease = _pool.Rent();
        try
        {
            EventBatch batch = lease.Batch;
            EventWriter writer = new(batch, _keys, DefaultTime);
            if (!format.TryDecode(record, ref writer, out DecodeError error))
            {
                Assert.Equal((0, 0, 0, 0), (batch.Count, batch.Features.Length, batch.Actions.Length, batch.Rewards.Length));
                Assert.NotEqual(RejectionReason.None, error.Reason);
                return $"{error.Reason.Label()} {error.Field}".TrimEnd();
            }

            Assert.Equal(default, error);
            if (batch.Count > 0) return Describe(batch, Assert.Single(batch.Events.ToArray()));
            Assert.Equal((0, 0, 0), (batch.Features.Length, batch.Actions.Length, batch.Rewards.Length));
            return "nothing";
        }
        finally
        {
            lease.Release();
        }
    }

    public static string Id(string id) => DecisionKeys.TryOf(Bytes(id), "", out ulong key, out _) ? key.ToString("x", CultureInfo.InvariantCulture) : "none";

    public void Dispose() => _pool.Dispose();

    private string Describe(EventBatch batch, in Event e)
    {
        StringBuilder text = new();
        text.Append(CultureInfo.InvariantCulture, $"{e.Kind} {e.Value:R} at {e.Time}");
        if (e.Decision != 0) text.Append(CultureInfo.InvariantCulture, $" of {e.Decision:x}");
        if (e.User != 0) text.Append(CultureInfo.InvariantCulture, $" by {_keys.Name(e.User)}");
        if (e.Kind == EventKind.Outcome) return text.Append(e.Item == 0 ? "" : $" id {e.Item:x}").ToString();
        if (e.Item != 0) text.Append(CultureInfo.InvariantCulture, $" for {_keys.Name(e.Item)}");
        if (e.Chosen >= 0) text.Append(CultureInfo.InvariantCulture, $" #{e.Chosen} p {e.Propensity:R}");
        if (e.Weight != 1) text.Append(CultureInfo.InvariantCulture, $" w {e.Weight:R}");
        text.Append(Features(batch, e.Features));
        foreach (CandidateAction action in batch.Actions[e.Actions]) text.Append(CultureInfo.InvariantCulture, $" | {_keys.Name(action.Id)}{Features(batch, action.Features)}");
        if (!e.Rewards.IsEmpty) text.Append(" rewards ").AppendJoin(',', batch.Rewards[e.Rewards].ToArray());
        if (!e.Expected.IsEmpty) text.Append(" expected ").AppendJoin(',', batch.Rewards[e.Expected].ToArray());
        return text.ToString();
    }

    private string Features(EventBatch batch, ArenaSpan span)
    {
        StringBuilder text = new();
        foreach (Feature f in batch.Features[span])
        {
            string name = f.IsDense ? $"@{f.Key}" : _names.GetValueOrDefault(f.Key, "?");
            text.Append(CultureInfo.InvariantCulture, $" {name}");
            if (f.Value != 1 || f.IsDense) text.Append(CultureInfo.InvariantCulture, $":{f.Value:R}");
        }

        return text.ToString();
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
