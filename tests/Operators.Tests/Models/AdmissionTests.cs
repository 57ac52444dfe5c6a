using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Operators.Models;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>Who has not come often enough shares a row, and is no candidate.</summary>
public sealed class AdmissionTests
{
    private const int After = 3;
    private static readonly Event[] Log = PlainRecommender.Random(4_000, 300, 200);

    [Fact]
    public void Until_then_an_entity_is_learned_as_its_bucket()
    {
        using BiasedMf<double> model = new(new BiasedMfOptions { Admission = Options() }, 5), plain = new(new BiasedMfOptions(), 5);
        Sightings users = new(), items = new();
        foreach (Event e in Log)
        {
            (ulong user, ulong item) = (users.Sight(e.User), items.Sight(e.Item));
            double expected = plain.ScoreThenLearn(new Example { User = user, Item = item, Value = e.Value, Weight = 1 });
            Assert.Equal(expected, model.ScoreThenLearn(Of(e)));
            Assert.Equal(plain.Score(new Example { User = users.KeyOf(e.User), Item = items.KeyOf(e.Item) }), model.Score(Of(e)));
        }

        Assert.Equal(users.Shared + items.Shared, model.SharedEvents);
        Assert.Equal((users.Own.Count, items.Own.Count), (model.Users, model.Items));
        Assert.Null(plain.SharedEvents);
    }

    [Theory]
    [InlineData("biased-mf")]
    [InlineData("isgd")]
    [InlineData("bpr")]
    [InlineData("ials")]
    public void Buckets_and_those_who_wait_are_no_candidates(string name)
    {
        IRecommender model = name switch
        {
            "isgd" => new Isgd<double>(new IsgdOptions { Admission = Options() }, 5),
            "bpr" => new Bpr<double>(new BprOptions { Admission = Options() }, 5),
            "ials" => new Ials<double>(new IalsOptions { Admission = Options() }, 5),
            _ => new BiasedMf<double>(new BiasedMfOptions { Admission = Options() }, 5),
        };
        Sightings users = new(), items = new();
        Dictionary<ulong, HashSet<ulong>> met = [];
        ScoredItem[] list = new ScoredItem[10];
        int ranked = 0, cold = 0;
        foreach (Event e in Log)
        {
            Example example = Of(e);
            int rank = model.Rank(example, int.MaxValue);
            if (!users.Own.Contains(e.User) || !items.Own.Contains(e.Item))
            {
                Assert.Equal(Ranks.Cold, rank);
                cold++;
            }
            else if (ranked++ % 10 == 0)
            {
                HashSet<ulong> history = met.GetValueOrDefault(e.User, []);
                (ulong Item, double Score)[] others = [.. items.Own.Where(i => i != e.Item && !history.Contains(i)).Select(i => (i, model.Score(new Example { User = e.User, Item = i })))];
                double own = Order(name, model.Score(example));
                Assert.InRange(rank, 1 + others.Count(o => Order(name, o.Score) > own + 1e-9), 1 + others.Count(o => Order(name, o.Score) >= own - 1e-9));
                int found = model.TopK(example, list);
                Assert.All(list.Take(found), s => Assert.True(items.Own.Contains(s.Item) && !history.Contains(s.Item)));
            }

            model.Learn(example);
            (ulong user, ulong item) = (users.Sight(e.User), items.Sight(e.Item));
            if (!RowAdmission.IsBucket(user) && !RowAdmission.IsBucket(item)) (met.TryGetValue(user, out HashSet<ulong>? known) ? known : met[user] = []).Add(item);
        }

        Assert.True(ranked > 500 && cold > 500, $"{ranked} events were ranked, {cold} were cold.");
        ((IDisposable)model).Dispose();
    }

    [Fact]
    public void A_snapshot_keeps_who_waits()
    {
        using BiasedMf<double> model = new(new BiasedMfOptions { Admission = Options() }, 5), copy = new(new BiasedMfOptions { Admission = Options() }, 5), other = new(new BiasedMfOptions(), 5);
        foreach (Event e in Log.Take(1_000)) model.Learn(Of(e));
        byte[] state = StateBytes.Write(model.Save);
        StateBytes.Read(state, (ref reader) => copy.Restore(ref reader, copy.StateVersion));
        foreach (Event e in Log.Skip(1_000)) Assert.Equal(model.ScoreThenLearn(Of(e)), copy.ScoreThenLearn(Of(e)));
        Assert.Equal(StateBytes.Write(model.Save), StateBytes.Write(copy.Save));
        Assert.ThrowsAny<Exception>(() => StateBytes.Read(StateBytes.Write(other.Save), (ref reader) => new BiasedMf<double>(new BiasedMfOptions { Admission = Options() }, 5).Restore(ref reader, 2)));
    }

    private static AdmissionOptions Options() => new() { After = After, SharedRows = 7, Counters = 1 << 16 };

    private static Example Of(in Event e) => new() { User = e.User, Item = e.Item, Value = e.Value, Time = e.Time, Weight = 1 };

    private static double Order(string name, double score) => name == "isgd" ? -Math.Abs(1 - score) : score;

    /// <summary>Exact counts in place of the sketch.</summary>
    private sealed class Sightings
    {
        private readonly Dictionary<ulong, int> _times = [];

        public HashSet<ulong> Own { get; } = [];

        public long Shared { get; private set; }

        public ulong Sight(ulong key)
        {
            if (!Own.Contains(key) && (_times[key] = _times.GetValueOrDefault(key) + 1) >= After) Own.Add(key);
            if (Own.Contains(key)) return key;
            Shared++;
            return RowAdmission.BucketOf(key, Options().SharedRows);
        }

        public ulong KeyOf(ulong key) => Own.Contains(key) ? key : RowAdmission.BucketOf(key, Options().SharedRows);
    }
}
