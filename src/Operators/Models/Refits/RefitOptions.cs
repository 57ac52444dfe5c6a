using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models.Refits;

/// <summary>
/// When and how a factor model is fitted anew beside the one that serves, to events that are kept, and when what comes of it takes over.
/// </summary>
/// <remarks>
/// While it is on, the model takes 48 bytes an event kept, 4 bytes a user and an item, and its rows of factors and its biases twice; and an event is learned twice while a candidate is fitted or judged.
/// </remarks>
public sealed class RefitOptions
{
    /// <summary>
    /// Events from the start of one re-fit to that of the next, 0 to 1e12; default 0, which is never, and costs nothing. Where one is not over after so many, the next starts at the next multiple. Raising it
    /// spends less on re-fits.
    /// </summary>
    [Range(0.0, 1e12)]
    public long Every { get; set; }

    /// <summary>Which events are kept to be fitted to; default <see cref="RefitKeep.Window"/>.</summary>
    public RefitKeep Keep { get; set; } = RefitKeep.Window;

    /// <summary>Events kept, 1 to 2^28; default 100,000. Raising it fits to more of the past, and takes longer: one pass is this many events.</summary>
    [Range(1, 1 << 28)]
    public int Capacity { get; set; } = 100_000;

    /// <summary>Passes over the events kept, 1 to 1,000; default 3. Raising it fits closer to them, at a cost in time that is proportional.</summary>
    [Range(1, 1000)]
    public int Epochs { get; set; } = 3;

    /// <summary>How a pass is made; default <see cref="RefitMethod.Sgd"/>.</summary>
    public RefitMethod Method { get; set; } = RefitMethod.Sgd;

    /// <summary>l2 penalty on the factors in passes, 0 to 10; unset by default: the model's. That on biases changes in proportion. Raising it pulls both towards 0.</summary>
    [Range(0.0, 10.0)]
    public double? Regularization { get; set; }

    /// <summary>
    /// Learning rate of the factors in passes of <see cref="RefitMethod.Sgd"/>, 0 to 1; unset by default: the model's. That of biases changes in proportion. Lowering it averages over more of what is kept.
    /// </summary>
    [Range(0.0, 1.0)]
    public double? LearningRate { get; set; }

    /// <summary>
    /// Events kept that are fitted to with each event that comes, 1 to 65,536; default 8. Raising it ends a re-fit sooner, after Capacity x Epochs / Slice events, and makes each of them take longer.
    /// </summary>
    [Range(1, 1 << 16)]
    public int Slice { get; set; } = 8;

    /// <summary>Events over which candidate and model are judged beside each other, 2 to 2^30; default 10,000. Raising it tells smaller gains from chance, and takes over later.</summary>
    [Range(2, 1 << 30)]
    public int Window { get; set; } = 10_000;

    /// <summary>
    /// By how many standard errors of their paired difference the candidate's mean loss must be the lower one, 0 to 100; default 2. Raising it takes over less often by chance.
    /// </summary>
    [Range(0.0, 100.0)]
    public double Margin { get; set; } = 2;
}

/// <summary>Which events are kept to fit a model to.</summary>
public enum RefitKeep
{
    /// <summary>The last ones.</summary>
    Window,

    /// <summary>A uniform sample of all there were (Vitter 1985, "Random sampling with a reservoir", algorithm R).</summary>
    Reservoir,
}

/// <summary>How a model is fitted to the events kept.</summary>
public enum RefitMethod
{
    /// <summary>The model's own gradient steps, in a shuffled order.</summary>
    Sgd,

    /// <summary>
    /// Alternating least squares (Zhou, Wilkinson, Schreiber, Pan 2008, "Large-scale parallel collaborative filtering for the Netflix prize", section 3.1): all users' rows are solved for exactly, then all items'.
    /// The penalty of a row counts once for each of its events, as it does in gradient steps.
    /// </summary>
    Als,
}
