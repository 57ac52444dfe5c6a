using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Models;

/// <summary>The catalogue of models.</summary>
public static class ModelStages
{
    private static readonly ColumnDefinition Prediction = new("score", ColumnType.Real, "Predicted value before learning, clipped to the source's range; NaN for events without a value.");
    private static readonly ColumnDefinition Mean = new("score", ColumnType.Real, "Mean of the values before this one, never clipped; NaN for events without a value.");
    private static readonly ColumnDefinition SquaredError = new("loss", ColumnType.Real, "Squared error of the prediction, before learning; NaN for events without a value.");
    private static readonly ColumnDefinition Preference = new("score", ColumnType.Real, "Preference of the user for the item before learning; NaN for events that are no interactions.");
    private static readonly ColumnDefinition LogLoss = new("loss", ColumnType.Real, "Log loss of the event, before learning; NaN for events that are no interactions.");
    private static readonly ColumnDefinition Either = new("score", ColumnType.Real, "With squared loss the predicted value before learning, clipped to the source's range; else the preference of the user for the item; NaN for events that are not learned from.");
    private static readonly ColumnDefinition EitherLoss = new("loss", ColumnType.Real, "Squared error, or log loss, before learning; NaN for events that are not learned from.");
    private static readonly ColumnDefinition Rank = new(
        "rank@",
        ColumnType.Integer,
        "Rank of the item for the user among the items seen that are new to the user, before learning: 1 to the depth (a number up to 1000, or full); 0 beyond it, -1 cold, -2 not ranked, -3 unknown.");

    private static readonly ColumnDefinition Top = new(
        "top@",
        ColumnType.List,
        "The best items for the user that are new to the user, best first, before learning: K (1 to 100), or K/N for one user in N (up to 1048576); empty for other users, for new ones, and for events that are not learned from.");

    private static readonly ColumnDefinition Auc = new(
        "auc@",
        ColumnType.Real,
        "Share of the other candidates that come after the item, 0 to 1, before learning: of N (1 to 1000) drawn ones, or of all (full); 0 for cold events, NaN where that is not known.");

    /// <summary>All types of model stages, by name.</summary>
    public static IReadOnlyList<StageType> All { get; } =
    [
        new StageType<BaselineOptions>(
            "baseline",
            StageKind.Model,
            "Rating = mean + user bias + item bias, by stochastic gradient descent.",
            [Prediction, SquaredError, Rank, Top, Auc],
            (options, binding) => new RatingModelOperator(binding, new Baseline(options, Ranks(binding))),
            (options, binding) => Baseline.BytesFor(options, Ranks(binding))),
        new StageType<BiasedMfOptions>(
            "biased-mf",
            StageKind.Model,
            "Rating = mean + biases + product of factors, by stochastic gradient descent.",
            [Prediction, SquaredError, Rank, Top, Auc],
            (options, binding) => new RatingModelOperator(binding, new BiasedMf<float>(options, binding.Seed, Ranks(binding))),
            (options, binding) => BiasedMf<float>.BytesFor(options, Ranks(binding))),
        new StageType<BprOptions>(
            "bpr",
            StageKind.Model,
            "Recommends by pairwise ranking of what users met over items drawn (Bayesian personalized ranking).",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new Bpr<float>(options, binding.Seed, Ranks(binding))),
            (options, binding) => Bpr<float>.BytesFor(options, Ranks(binding))),
        new StageType<ContentOptions>(
            "content",
            StageKind.Model,
            "Recommends items whose features (Source:Items) are those of what the user met.",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new Content<float>(options, binding.Items, Ranks(binding))),
            (options, binding) => Content<float>.BytesFor(options, binding.Items, Ranks(binding)))
        {
            NeedsItems = true,
        },
        new StageType<DecayedPopularityOptions>(
            "decayed-popularity",
            StageKind.Model,
            "Recommends what came most often, where older events count less.",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new DecayedPopularity(options, Ranks(binding))),
            (options, binding) => DecayedPopularity.BytesFor(options, Ranks(binding))),
        new StageType<EalsOptions>(
            "eals",
            StageKind.Model,
            "Recommends by element-wise least squares on what was and was not met, popular items weighing more.",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new Eals<float>(options, binding.Seed, Ranks(binding))),
            (options, binding) => Eals<float>.BytesFor(options, Ranks(binding))),
        new StageType<EaseOptions>(
            "ease",
            StageKind.Model,
            "Recommends by weights between items, the least-squares solution of the whole problem at every event.",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new Ease(options, Ranks(binding))),
            (options, binding) => Ease.BytesFor(options, Ranks(binding))),
        new StageType<FfmOptions>(
            "ffm",
            StageKind.Model,
            "Field-aware factorization machine: as fm, with latents of their own for each field that a feature meets.",
            [Either, EitherLoss, Rank, Top, Auc],
            (options, binding) => Operator(options.Loss == FmLoss.Squared, binding, new Ffm<float>(options, binding.Seed, binding.Items, Ranks(binding))),
            (options, binding) => Ffm<float>.BytesFor(options, binding.Items, Ranks(binding))),
        new StageType<FmOptions>(
            "fm",
            StageKind.Model,
            "Factorization machine over the user, the item, what is known of the item, and the context: predicts ratings, or recommends.",
            [Either, EitherLoss, Rank, Top, Auc],
            (options, binding) => Operator(options.Loss == FmLoss.Squared, binding, new Fm<float>(options, binding.Seed, binding.Items, Ranks(binding))),
            (options, binding) => Fm<float>.BytesFor(options, binding.Items, Ranks(binding))),
        new StageType<FunkMfOptions>(
            "funk-mf",
            StageKind.Model,
            "Rating = product of user and item factors, by stochastic gradient descent.",
            [Prediction, SquaredError, Rank, Top, Auc],
            (options, binding) => new RatingModelOperator(binding, new FunkMf<float>(options, binding.Seed, Ranks(binding))),
            (options, binding) => FunkMf<float>.BytesFor(options, Ranks(binding))),
        new StageType<HybridOptions>(
            "hybrid",
            StageKind.Model,
            "Recommends by features of items (Source:Items) and by who met what, the more by the latter the more is known.",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new Hybrid(options, binding.Items, binding.Seed, Ranks(binding))),
            (options, binding) => Hybrid.BytesFor(options, binding.Items, Ranks(binding)))
        {
            NeedsItems = true,
        },
        new StageType<IalsOptions>(
            "ials",
            StageKind.Model,
            "Recommends by least squares on what was and was not met, solved anew for the rows of each event.",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new Ials<float>(options, binding.Seed, Ranks(binding))),
            (options, binding) => Ials<float>.BytesFor(options, Ranks(binding))),
        new StageType<IncrementalSvdOptions>(
            "incremental-svd",
            StageKind.Model,
            "Recommends by the leading singular vectors of who met what, kept up by Oja's rule.",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new IncrementalSvd<float>(options, binding.Seed, Ranks(binding))),
            (options, binding) => IncrementalSvd<float>.BytesFor(options, Ranks(binding))),
        new StageType<IsgdOptions>(
            "isgd",
            StageKind.Model,
            "Recommends by incremental matrix factorization of what users met (positive-only feedback).",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new Isgd<float>(options, binding.Seed, Ranks(binding))),
            (options, binding) => Isgd<float>.BytesFor(options, Ranks(binding))),
        new StageType<ItemKnnOptions>(
            "item-knn",
            StageKind.Model,
            "Recommends what came together with the user's last items, by counts kept for each item's nearest neighbours.",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new ItemKnn(options, Ranks(binding))),
            (options, binding) => ItemKnn.BytesFor(options, Ranks(binding))),
        new StageType<LightFmOptions>(
            "lightfm",
            StageKind.Model,
            "Recommends as warp does, where what is known of an item, and the context, have factors too (LightFM).",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new LightFm<float>(options, binding.Seed, binding.Items, Ranks(binding))),
            (options, binding) => LightFm<float>.BytesFor(options, binding.Items, Ranks(binding))),
        new StageType<RunningMeanOptions>(
            "mean",
            StageKind.Model,
            "Rating = mean of all values so far: the least a rating model must beat.",
            [Mean, SquaredError],
            (_, binding) => new RatingModelOperator(binding, new RunningMean(), clip: false),
            (_, _) => 64),
        new StageType<MinHashKnnOptions>(
            "minhash-knn",
            StageKind.Model,
            "Recommends items whose users are like those of the user's last items, by signatures: for large catalogues.",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new MinHashKnn(options, binding.Seed, Ranks(binding))),
            (options, binding) => MinHashKnn.BytesFor(options, Ranks(binding))),
        new StageType<NeighbourhoodOptions>(
            "neighbourhood",
            StageKind.Model,
            "Rating = mean + biases + what the user's other ratings say, by weights between items, by stochastic gradient descent.",
            [Prediction, SquaredError, Rank, Top, Auc],
            (options, binding) => new RatingModelOperator(binding, new Neighbourhood(options, Ranks(binding))),
            (options, binding) => Neighbourhood.BytesFor(options, Ranks(binding))),
        new StageType<NmfOptions>(
            "nmf",
            StageKind.Model,
            "Rating = mean + biases + product of factors that are never negative, by projected gradient descent.",
            [Prediction, SquaredError, Rank, Top, Auc],
            (options, binding) => new RatingModelOperator(binding, new Nmf<float>(options, binding.Seed, Ranks(binding))),
            (options, binding) => Nmf<float>.BytesFor(options, Ranks(binding))),
        new StageType<PaMfOptions>(
            "pa-mf",
            StageKind.Model,
            "Rating = mean + biases + product of factors that move as little as it takes to be right (passive-aggressive).",
            [Prediction, SquaredError, Rank, Top, Auc],
            (options, binding) => new RatingModelOperator(binding, new PaMf<float>(options, binding.Seed, Ranks(binding))),
            (options, binding) => PaMf<float>.BytesFor(options, Ranks(binding))),
        new StageType<PmfDaOptions>(
            "pmf-da",
            StageKind.Model,
            "Rating = mean + biases + product of factors, each row the answer to the mean of its gradients (dual averaging).",
            [Prediction, SquaredError, Rank, Top, Auc],
            (options, binding) => new RatingModelOperator(binding, new PmfDa<float>(options, binding.Seed, Ranks(binding))),
            (options, binding) => PmfDa<float>.BytesFor(options, Ranks(binding))),
        new StageType<PopularityOptions>(
            "popularity",
            StageKind.Model,
            "Recommends what came most often: the least a recommender must beat.",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new Popularity(options, Ranks(binding))),
            (options, binding) => Popularity.BytesFor(options, Ranks(binding))),
        new StageType<RaisgdOptions>(
            "raisgd",
            StageKind.Model,
            "Recommends as isgd does, with the items seen least recently as negative feedback.",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new Raisgd<float>(options, binding.Seed, Ranks(binding))),
            (options, binding) => Raisgd<float>.BytesFor(options, Ranks(binding))),
        new StageType<RecentPopularityOptions>(
            "recent-popularity",
            StageKind.Model,
            "Recommends what came most often among the last events.",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new RecentPopularity(options, Ranks(binding))),
            (options, binding) => RecentPopularity.BytesFor(options, Ranks(binding))),
        new StageType<SlimOptions>(
            "slim",
            StageKind.Model,
            "Recommends by sparse weights between items, learned by one regularized gradient step an event.",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new Slim(options, Ranks(binding))),
            (options, binding) => Slim.BytesFor(options, Ranks(binding))),
        new StageType<SvdPlusPlusOptions>(
            "svd-plus-plus",
            StageKind.Model,
            "Rating = mean + biases + product of factors, the user's with those of what the user rated, by stochastic gradient descent.",
            [Prediction, SquaredError, Rank, Top, Auc],
            (options, binding) => new RatingModelOperator(binding, new SvdPlusPlus<float>(options, binding.Seed, Ranks(binding))),
            (options, binding) => SvdPlusPlus<float>.BytesFor(options, Ranks(binding))),
        new StageType<TransitionOptions>(
            "transition",
            StageKind.Model,
            "Recommends what followed most often on the user's last item, then what came most often.",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new Transition(options, Ranks(binding))),
            (options, binding) => Transition.BytesFor(options, Ranks(binding))),
        new StageType<UserKnnOptions>(
            "user-knn",
            StageKind.Model,
            "Recommends what the users met who share the user's last items.",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new UserKnn(options, Ranks(binding))),
            (options, binding) => UserKnn.BytesFor(options, Ranks(binding))),
        new StageType<WarpOptions>(
            "warp",
            StageKind.Model,
            "Recommends by pairwise ranking that steps most where the item met ranks worst (WARP loss).",
            [Preference, LogLoss, Rank, Top, Auc],
            (options, binding) => new RankerOperator(binding, new Warp<float>(options, binding.Seed, Ranks(binding))),
            (options, binding) => Warp<float>.BytesFor(options, Ranks(binding))),
    ];

    private static IOperator Operator(bool rates, StageBinding binding, IImplicitModel model) => rates ? new RatingModelOperator(binding, model) : new RankerOperator(binding, model);

    // Whether the model keeps what ranks and lists need.
    private static bool Ranks(StageBinding binding) => RankColumns.Demanded(binding) || TopColumns.Demanded(binding) || AucColumns.Demanded(binding);
}
