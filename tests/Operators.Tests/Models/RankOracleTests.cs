using Streaming.Abstractions.Events;
using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Models;
using Streaming.Shared.State;
using Xunit;

namespace Streaming.Operators.Tests.Models;

/// <summary>Ranks and lists against protocol P written plainly.</summary>
public sealed class RankOracleTests
{
    public static TheoryData<string> Models =>
    [
        "popularity", "isgd", "isgd-dot", "raisgd", "bpr", "bpr-popularity", "warp", "ials", "eals", "baseline", "funk-mf", "biased-mf", "nmf", "svd-plus-plus", "pa-mf", "pmf-da",
        "decayed-popularity", "recent-popularity", "item-knn", "item-knn-alone", "transition", "user-knn", "minhash-knn", "ease", "slim", "slim-signed", "incremental-svd", "incremental-svd-alone", "neighbourhood", "fm", "fm-few-buckets", "fm-logistic", "lightfm", "lightfm-few-buckets", "lightfm-features-alone", "ffm", "ffm-normalized", "content", "content-hashed", "hybrid",
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
    [MemberData(nameof(Models))]
    public void Items_that_are_not_offered_are_no_candidates(string name)
    {
        foreach (int depth in (int[])[20, int.MaxValue])
        {
            IRecommender model = Create(name);
            ItemCatalogue lives = Lives(60);
            ((IOfferedItems)model).Offer(lives);
            CheckAgainstOracle(model, PlainRecommender.Random(900, 30, 90), depth, every: 1, lives);
            ((IDisposable)model).Dispose();
        }
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Items_that_are_not_offered_are_no_candidates_after_a_restart_either(string name)
    {
        Event[] log = PlainRecommender.Random(700, 30, 90);
        IRecommender whole = Create(name), resumed = Create(name);
        foreach (IRecommender model in (IRecommender[])[whole, resumed]) ((IOfferedItems)model).Offer(Lives(60));
        foreach (ref readonly Event e in log.AsSpan(0, 500))
        {
            whole.Rank(Of(e), 20);
            whole.Learn(Of(e));
        }

        StateBytes.Restore(resumed, StateBytes.Save(whole));
        foreach (ref readonly Event e in log.AsSpan(500))
        {
            Assert.Equal(whole.Rank(Of(e), 20), resumed.Rank(Of(e), 20));
            whole.Learn(Of(e));
            resumed.Learn(Of(e));
        }

        Assert.Equal(StateBytes.Save(whole), StateBytes.Save(resumed));
        ((IDisposable)whole).Dispose();
        ((IDisposable)resumed).Dispose();
    }

    [Theory]
    [MemberData(nameof(Models))]
    public void Lists_have_only_what_is_offered_after_items_were_evicted(string name)
    {
        IRecommender model = Create(name, items: 40);
        ItemCatalogue lives = Lives(60);
        ((IOfferedItems)model).Offer(lives);
        ScoredItem[] list = new ScoredItem[100];
        int listed = 0;
        foreach (Event e in PlainRecommender.Random(900, 30, 90))
        {
            int found = model.TopK(Of(e), list);
            listed += found;
            Assert.All(list[..found], i => Assert.True(lives.Life(i.Item).Includes(e.Time)));
            Assert.Equal(found, list[..found].Select(i => i.Item).Distinct().Count());
            model.Learn(Of(e));
        }

        Assert.True(((IModelStatistics)model).Evictions > 0 && listed > 5000, $"{listed} items were listed.");
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

    // Of the items 1 to 90 the first are born and expire at times that the log passes; the others are always offered.
    private static ItemCatalogue Lives(ulong items)
    {
        CounterRng rng = new(3, 3);
        ItemCatalogue.Builder catalogue = new();
        for (ulong item = 1; item <= items; item++)
        {
            long born = (long)rng.NextBelow(6_000_000_000), expires = born + (long)rng.NextBelow(4_000_000_000) + 1;
            catalogue.TryAdd(item, [], new ItemLife(item % 3 == 0 ? long.MinValue : born, item % 5 == 0 ? long.MaxValue : expires), null);
        }

        return catalogue.Build();
    }

    private static Example Of(in Event e) => new() { User = e.User, Item = e.Item, Value = e.Value, Time = e.Time, Weight = 1 };

    // Double precision, so that the order by the ranker's sum and by Score can differ only where scores agree to 1e-12. Those of content are sums
    // of the same order, over the length of the profile, in double: in single precision they are as distinct as the sums are.
    private static IRecommender Create(string name, int items = 1 << 18) => name switch
    {
        "popularity" => new Popularity(new PopularityOptions { Items = items }),
        "content" => new Content<float>(new ContentOptions { Items = items, HalfLife = 3 }, ListedItems.Draw(90)),
        "content-hashed" => new Content<float>(new ContentOptions { Items = items, Dimensions = 5, Idf = false }, ListedItems.Draw(90)),
        "hybrid" => new Hybrid(new HybridOptions { Items = items }, ListedItems.Draw(90), 5),
        "isgd" => new Isgd<double>(new IsgdOptions { Items = items }, 5),
        "isgd-dot" => new Isgd<double>(new IsgdOptions { Items = items, Ranking = IsgdRanking.Dot }, 5),
        "raisgd" => new Raisgd<double>(new RaisgdOptions { Items = items, Negatives = 3 }, 5),
        "bpr" => new Bpr<double>(new BprOptions { Items = items }, 5),
        "bpr-popularity" => new Bpr<double>(new BprOptions { Items = items, Sampling = NegativeSampling.Popularity, ItemBiases = false }, 5),
        "warp" => new Warp<double>(new WarpOptions { Items = items }, 5),
        "ials" => new Ials<double>(new IalsOptions { Items = items }, 5),
        "eals" => new Eals<double>(new EalsOptions { Items = items }, 5),
        "baseline" => new Baseline(new BaselineOptions { Items = items }),
        "funk-mf" => new FunkMf<double>(new FunkMfOptions { Items = items }, 5),
        "svd-plus-plus" => new SvdPlusPlus<double>(new SvdPlusPlusOptions { Items = items, UserHistory = 6, ImplicitLearningRate = .1 }, 5),
        "pa-mf" => new PaMf<double>(new PaMfOptions { Items = items, NonNegative = false }, 5),
        "pmf-da" => new PmfDa<double>(new PmfDaOptions { Items = items }, 5),
        "nmf" => new Nmf<double>(new NmfOptions { Items = items, InitSigma = .3 }, 5),
        "decayed-popularity" => new DecayedPopularity(new DecayedPopularityOptions { Items = items, HalfLife = 100 }),
        "recent-popularity" => new RecentPopularity(new RecentPopularityOptions { Items = items, Window = 100 }),
        "item-knn" => new ItemKnn(new ItemKnnOptions { Items = items }),
        "item-knn-alone" => new ItemKnn(new ItemKnnOptions { Items = items, PriorWeight = 0, Neighbours = 5, Similarity = ItemSimilarity.Jaccard }),
        "transition" => new Transition(new TransitionOptions { Items = items, FollowUps = 4 }),
        "user-knn" => new UserKnn(new UserKnnOptions { Items = items }),
        "minhash-knn" => new MinHashKnn(new MinHashKnnOptions { Items = items, Bands = 30, BandHashes = 1, Candidates = 7 }, 5),
        "fm" => new Fm<double>(new FmOptions { Items = items }, 5, FeatureLog.Catalogue(90)),
        "fm-few-buckets" => new Fm<double>(new FmOptions { Items = items, Dimensions = 60 }, 5, FeatureLog.Catalogue(90)),
        "fm-logistic" => new Fm<double>(new FmOptions { Items = items, Loss = FmLoss.Logistic }, 5, ItemCatalogue.Empty),
        "lightfm" => new LightFm<double>(new LightFmOptions { Items = items }, 5, FeatureLog.Catalogue(90)),
        "lightfm-few-buckets" => new LightFm<double>(new LightFmOptions { Items = items, Dimensions = 60, Loss = LightFmLoss.Bpr }, 5, FeatureLog.Catalogue(90)),
        "lightfm-features-alone" => new LightFm<double>(new LightFmOptions { Items = items, Identity = false, Loss = LightFmLoss.Logistic }, 5, FeatureLog.Catalogue(90)),
        "ffm" => new Ffm<double>(new FfmOptions { Items = items }, 5, FeatureLog.Catalogue(90)),
        "ffm-normalized" => new Ffm<double>(new FfmOptions { Items = items, Normalize = true, Loss = FmLoss.Logistic, Dimensions = 60 }, 5, FeatureLog.Catalogue(90)),
        "slim" => new Slim(new SlimOptions { Items = items }),
        "slim-signed" => new Slim(new SlimOptions { Items = items, NonNegative = false, PriorWeight = 0, Neighbours = 5, LearningRate = .3 }),
        "incremental-svd" => new IncrementalSvd<double>(new IncrementalSvdOptions { Items = items }, 5),
        "incremental-svd-alone" => new IncrementalSvd<double>(new IncrementalSvdOptions { Items = items, PriorWeight = 0, Factors = 3, OrthonormalizeEvery = 7 }, 5),
        "neighbourhood" => new Neighbourhood(new NeighbourhoodOptions { Items = items, UserHistory = 6, LearningRate = .05 }),
        "ease" => new Ease(new EaseOptions { Items = items, ModelItems = 30, AdmitAfter = 2 }),
        _ => new BiasedMf<double>(new BiasedMfOptions { Items = items }, 5),
    };

    private static Event[] Random(int events, ulong users, ulong items)
    {
        CounterRng rng = new(17, 1);
        return [.. Enumerable.Range(0, events).Select(_ =>
            RatingLog.Of(1 + rng.NextBelow(users), 1 + Math.Min(rng.NextBelow(items), rng.NextBelow(items)), 1 + rng.NextBelow(5)))];
    }

    private static void CheckAgainstOracle(IRecommender model, Event[] log, int depth, int every, ItemCatalogue? lives = null)
    {
        ProtocolP oracle = new();
        ScoredItem[] list = new ScoredItem[20];
        int counted = 0;
        for (int n = 0; n < log.Length; n++)
        {
            Event e = log[n];
            Example example = Of(e);
            if (lives is not null) oracle.IsOffered = item => lives.Life(item).Includes(e.Time);
            if (n % every == 0)
            {
                int expected = oracle.Rank(e.User, e.Item, item => model.Score(new Example { User = e.User, Item = item }), depth);
                int rank = model.Rank(example, depth);
                Assert.Equal(expected, rank);
                if (rank > 0) counted++;
                if (n % (7 * every) == 0) CheckList(model, oracle, list, e);
            }

            model.Learn(example);
            oracle.Learn(e.User, e.Item);
        }

        Assert.True(counted > 10, $"Only {counted} ranks were within the depth.");
    }

    private static void CheckList(IRecommender model, ProtocolP oracle, ScoredItem[] list, Event e)
    {
        ulong user = e.User;
        int found = model.TopK(new Example { User = user, Time = e.Time }, list);
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
            Assert.Equal(i + 1, model.Rank(new Example { User = user, Item = list[i].Item, Time = e.Time }, list.Length));
        }
    }
}
