using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="LightFm{T}"/>. The defaults were tuned on two logs of films, for warp loss (docs/benchmarks.md).</summary>
public sealed class LightFmOptions : FeatureOptions
{
    /// <summary>
    /// Factors of an embedding, 1 to 1,024; default 31. Raising it fits finer tastes, needs more events to do so, and costs time and memory in steps of 16, of which the
    /// bias takes one.
    /// </summary>
    [Range(1, 1024)]
    public override int Factors { get; set; } = 31;

    /// <summary>
    /// Standard deviation of the factors that embeddings start with, 0 to 10; default 0.05. Raising it makes early predictions noisier and early learning
    /// faster; at 0 only biases are learned.
    /// </summary>
    [Range(0.0, 10.0)]
    public override double InitSigma { get; set; } = 0.05;

    /// <summary>What is learned from the items drawn; default <see cref="LightFmLoss.Warp"/>.</summary>
    public LightFmLoss Loss { get; set; } = LightFmLoss.Warp;

    /// <summary>Whether each item has an embedding of its own beside those of its features; default true. Without, items with the same features score alike.</summary>
    public bool Identity { get; set; } = true;

    /// <summary>Items drawn, or for warp searches, on each event, with at most a step for each, 1 to 1,000; default 10. Raising it learns more from each event, at a cost in time that is proportional.</summary>
    [Range(1, 1000)]
    public int Samples { get; set; } = 10;

    /// <summary>
    /// How gradients become steps; default <see cref="FeatureOptimizer.Adagrad"/>, which lets features of many items settle while those of few still learn. Each needs rates of its own;
    /// where nothing is known of items, sgd with the rates of <see cref="WarpOptions"/> does better (docs/benchmarks.md).
    /// </summary>
    public FeatureOptimizer Optimizer { get; set; } = FeatureOptimizer.Adagrad;

    /// <summary>Learning rate of the factors, above 0, at most 10; default 0.2. Raising it learns faster and, past a point, not at all.</summary>
    [Range(0.0, 10.0, MinimumIsExclusive = true)]
    public double LearningRate { get; set; } = 0.2;

    /// <summary>l2 penalty on the factors, 0 to 10; default 0.1. Raising it pulls factors towards 0.</summary>
    [Range(0.0, 10.0)]
    public double Regularization { get; set; } = 0.1;

    /// <summary>Learning rate of the biases, above 0, at most 10; default 0.3. Raising it follows what is popular now more closely.</summary>
    [Range(0.0, 10.0, MinimumIsExclusive = true)]
    public double BiasLearningRate { get; set; } = 0.3;

    /// <summary>l2 penalty on the biases, 0 to 10; default 0.001. Raising it forgets old popularity sooner.</summary>
    [Range(0.0, 10.0)]
    public double BiasRegularization { get; set; } = 0.001;

    /// <summary>
    /// For warp, most items drawn in search of one that comes too close, 1 to 10,000; default 100. Raising it finds mistakes near the top of the list too, at a cost in time.
    /// </summary>
    [Range(1, 10_000)]
    public int MaxTrials { get; set; } = 100;

    /// <summary>For warp, how far a met item must be ahead of others, 0 to 1,000; default 1. Raising it steps on more events.</summary>
    [Range(0.0, 1000.0)]
    public double Margin { get; set; } = 1;

    /// <summary>Largest length of an embedding, above 0; default 1. Lowering it bounds scores, and with them what a single feature can do.</summary>
    [Range(0.0, 1e9, MinimumIsExclusive = true)]
    public double MaxNorm { get; set; } = 1;

    /// <summary>For warp, how a step is weighted by the rank estimated; default <see cref="WarpWeight.Log"/>.</summary>
    public WarpWeight Weighting { get; set; } = WarpWeight.Log;
}

/// <summary>What <see cref="LightFm{T}"/> learns from items that a user has not met.</summary>
public enum LightFmLoss
{
    /// <summary>They come after the one met; a step on the first that does not, the larger the worse the met item ranks.</summary>
    Warp,

    /// <summary>They are not met, and the one met is: each by its own probability.</summary>
    Logistic,

    /// <summary>They come after the one met; a step on each, by how probable it is that they do not.</summary>
    Bpr,
}
