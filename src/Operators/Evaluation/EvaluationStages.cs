using Streaming.Abstractions.Stages;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Evaluation;

/// <summary>The catalogue of evaluators.</summary>
public static class EvaluationStages
{
    /// <summary>All types of evaluation stages, by name.</summary>
    public static IReadOnlyList<StageType> All { get; } =
    [
        new StageType<ExposureOptions>(
            "exposure",
            StageKind.Evaluation,
            "What a model's lists show: coverage of the items, novelty, concentration (Gini).",
            [
                new ColumnDefinition("coverage", ColumnType.Real, "Share of the items known that lists have shown so far, 0 to 1; NaN where there is no list."),
                new ColumnDefinition("novelty", ColumnType.Real, "Mean, over the items of the event's list, of -log2 of the item's share of all events before; NaN where there is no list."),
            ],
            (options, binding) => new ExposureOperator(options, binding),
            (options, _) => ExposureOperator.BytesFor(options),
            options => [new ColumnRead(options.Model, ExposureOperator.Demand(options).Column, ColumnType.List, nameof(ExposureOptions.Model))]),
        new StageType<RankingOptions>(
            "ranking",
            StageKind.Evaluation,
            "Prequential ranking quality of a model: recall, DCG, reciprocal and percentile rank, AUC; by window, by age, from an event on.",
            [
                new ColumnDefinition("rank", ColumnType.Integer, "The model's rank of the event's item; see the model's rank@ column."),
                new ColumnDefinition("recall@10", ColumnType.Real, "Share of events so far with the item among the first 10; NaN where not ranked or not known."),
                new ColumnDefinition("window_recall@10", ColumnType.Real, "The same over the last ranked events."),
                new ColumnDefinition("fading_recall@10", ColumnType.Real, "The same with fading memory."),
                new ColumnDefinition("dcg@10", ColumnType.Real, "Mean discounted gain at 10 so far; NaN where not ranked or not known."),
            ],
            (options, binding) => new RankingOperator(options, binding),
            (options, _) => RankingOperator.BytesFor(options),
            RankingOperator.Reads),
        new StageType<RatingErrorOptions>(
            "rating-error",
            StageKind.Evaluation,
            "Prequential error of a rating model: cumulative, windowed, fading; by age, from an event on.",
            [
                new ColumnDefinition("mae", ColumnType.Real, "Mean absolute error so far; NaN for events without a value and a prediction."),
                new ColumnDefinition("rmse", ColumnType.Real, "Root mean squared error so far."),
                new ColumnDefinition("window_mae", ColumnType.Real, "Mean absolute error of the last predictions."),
                new ColumnDefinition("window_rmse", ColumnType.Real, "Root mean squared error of the last predictions."),
                new ColumnDefinition("fading_mae", ColumnType.Real, "Mean absolute error with fading memory."),
                new ColumnDefinition("fading_rmse", ColumnType.Real, "Root mean squared error with fading memory."),
            ],
            (options, binding) => new RatingErrorOperator(options, binding),
            (options, _) => RatingErrorOperator.BytesFor(options),
            options => [new ColumnRead(options.Model, "score", ColumnType.Real, nameof(RatingErrorOptions.Model))]),
        new StageType<StabilityOptions>(
            "stability",
            StageKind.Evaluation,
            "Stability of a model's lists: how alike two visits of a user find them.",
            [
                new ColumnDefinition("jaccard", ColumnType.Real, "Share of the items of the user's list and of the one before that both have, 0 to 1; NaN where there is no list, or none before."),
                new ColumnDefinition("rbo", ColumnType.Real, "Rank-biased overlap of the two, 0 to 1; NaN where there is no list, or none before."),
            ],
            (options, binding) => new StabilityOperator(options, binding),
            (options, _) => StabilityOperator.BytesFor(options),
            options => [new ColumnRead(options.Model, StabilityOperator.Demand(options).Column, ColumnType.List, nameof(StabilityOptions.Model))]),
    ];
}
