using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>Ranks and lists against protocol P written plainly.</summary>
public sealed class RankOracleTests
{
    public static TheoryData<string> Models =>
    [
        "popularity", "isgd", "isgd-dot", "raisgd", "bpr", "bpr-popularity", "warp", "ials", "eals", "baseline", "funk-mf", "biased-mf",
        "decayed-popularity", "recent-popularity", "item-knn", "item-knn-alone", "transition", "user-knn", "minhash-knn", "ease", "fm", "fm-few-buckets", "fm-logistic",
        "lightfm", "lightfm-few-buckets", "lightfm-features-alone", "ffm", "ffm-normalized",
    ];

    [Theory]
    [MemberData(nameof(Models))]
    public void Ranks_and_lists_are_those_of_protocol_p(string name)
    {
        IRecommender model = Create(name);
        CheckAgainstOracle(model, Random(1500, 40, 90), depth: 20, every: 1);
        ((IDisposable)model).Dispose();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Full_ranks_are_those_of_protocol_p(string name)
    {
        IRecommender model = Create(name);
        CheckAgainstOracle(model, Random(800, 30, 60), int.MaxValue, every: 1);
        ((IDisposable)model).Dispose();
    }

    [Theory]
    [InlineData("popularity")]
    [InlineData("isgd")]
    [InlineData("bpr")]
    [InlineData("biased-mf")]
    [InlineData("item-knn")]
    public void Ranks_on_a_real_log_are_those_of_protocol_p(string name)
    {
        IRecommender model = Create(name);
        CheckAgainstOracle(model, RatingLog.MovieTweetings("10k"), depth: 200, every: 7);
        ((IDisposable)model).Dispose();
    }

    // Double precision, so that the order by the ranker's sum and by Score can differ only where scores agree to 1e-12.
    private static IRecommender Create(string name) => name switch
    {
        "popularity" => new Popularity(new PopularityOptions()),
        "isgd" => new Isgd<double>(new IsgdOptions(), 5),
        "isgd-dot" => new Isgd<double>(new IsgdOptions { Ranking = IsgdRanking.Dot }, 5),
        "raisgd" => new Raisgd<double>(new RaisgdOptions { Negatives = 3 }, 5),
        "bpr" => new Bpr<double>(new BprOptions(), 5),
        "bpr-popularity" => new Bpr<double>(new BprOptions { Sampling = NegativeSampling.Popularity, ItemBiases = false }, 5),
        "warp" => new Warp<double>(new WarpOptions(), 5),
        "ials" => new Ials<double>(new IalsOptions(), 5),
        "eals" => new Eals<double>(new EalsOptions(), 5),
        "baseline" => new Baseline(new BaselineOptions()),
        "funk-mf" => new FunkMf<double>(new FunkMfOptions(), 5),
        "decayed-popularity" => new DecayedPopularity(new DecayedPopularityOptions { HalfLife = 100 }),
        "recent-popularity" => new RecentPopularity(new RecentPopularityOptions { Window = 100 }),
        "item-knn" => new ItemKnn(new ItemKnnOptions()),
        "item-knn-alone" => new ItemKnn(new ItemKnnOptions { PriorWeight = 0, Neighbours = 5, Similarity = ItemSimilarity.Jaccard }),
        "transition" => new Transition(new TransitionOptions { FollowUps = 4 }),
        "user-knn" => new UserKnn(new UserKnnOptions()),
        "minhash-knn" => new MinHashKnn(new MinHashKnnOptions { Bands = 30, BandHashes = 1, Candidates = 7 }, 5),
        "fm" => new Fm<double>(new FmOptions(), 5, FeatureLog.Catalogue(90)),
        "fm-few-buckets" => new Fm<double>(new FmOptions { Dimensions = 60 }, 5, FeatureLog.Catalogue(90)),
        "fm-logistic" => new Fm<double>(new FmOptions { Loss = FmLoss.Logistic }, 5, ItemCatalogue.Empty),
        "lightfm" => new LightFm<double>(new LightFmOptions(), 5, FeatureLog.Catalogue(90)),
        "lightfm-few-buckets" => new LightFm<double>(new LightFmOptions { Dimensions = 60, Loss = LightFmLoss.Bpr }, 5, FeatureLog.Catalogue(90)),
        "lightfm-features-alone" => new LightFm<double>(new LightFmOptions { Identity = false, Loss = LightFmLoss.Logistic }, 5, FeatureLog.Catalogue(90)),
        "ffm" => new Ffm<double>(new FfmOptions(), 5, FeatureLog.Catalogue(90)),
        "ffm-normalized" => new Ffm<double>(new FfmOptions { Normalize = true, Loss = FmLoss.Logistic, Dimensions = 60 }, 5, FeatureLog.Catalogue(90)),
        "ease" => new Ease(new EaseOptions { ModelItems = 30, AdmitAfter = 2 }),
        _ => new BiasedMf<double>(new BiasedMfOptions(), 5),
    };

    private static Event[] Random(int events, ulong users, ulong items)
    {
        CounterRng rng = new(17, 1);
        return [.. Enumerable.Range(0, events).Select(_ =>
            RatingLog.Of(1 + rng.NextBelow(users), 1 + Math.Min(rng.NextBelow(items), rng.NextBelow(items)), 1 + rng.NextBelow(5)))];
    }

    private static void CheckAgainstOracle(IRecommender model, Event[] log, int depth, int every)
    {
        ProtocolP oracle = new();
        ScoredItem[] list = new ScoredItem[20];
        int counted = 0;
        for (int n = 0; n < log.Length; n++)
        {
            Event e = log[n];
            Example example = new() { User = e.User, Item = e.Item, Value = e.Value, Weight = 1 };
            if (n % every == 0)
            {
                int expected = oracle.Rank(e.User, e.Item, item => model.Score(new Example { User = e.User, Item = item }), depth);
                int rank = model.Rank(example, depth);
                Assert.Equal(expected, rank);
                if (rank > 0) counted++;
                if (n % (7 * every) == 0) CheckList(model, oracle, list, e.User);
            }

            model.Learn(example);
            oracle.Learn(e.User, e.Item);
        }

        Assert.True(counted > 10, $"Only {counted} ranks were within the depth.");
    }

    private static void CheckList(IRecommender model, ProtocolP oracle, ScoredItem[] list, ulong user)
    {
        int found = model.TopK(new Example { User = user }, list);
        if (oracle.Items.Count == 0 || oracle.IsCold(user, oracle.Items[0]))
        {
            Assert.Equal(0, found);
            return;
        }

        ulong[] expected = [.. oracle.Candidates(user).OrderByDescending(i => model.Score(new Example { User = user, Item = i })).Take(list.Length)];
        Assert.Equal(expected, list.Take(found).Select(s => s.Item));
        for (int i = 0; i < found; i++)
        {
            Assert.Equal(model.Score(new Example { User = user, Item = list[i].Item }), list[i].Score, 1e-9);
            Assert.Equal(i + 1, model.Rank(new Example { User = user, Item = list[i].Item }, list.Length));
        }
    }
}
