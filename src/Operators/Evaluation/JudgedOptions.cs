using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Evaluation;

/// <summary>Options of the stages that judge what a model said of each event.</summary>
public abstract class JudgedOptions
{
    /// <summary>Id of the model stage that is judged; required.</summary>
    [Required]
    public string Model { get; set; } = "";

    /// <summary>
    /// Events in the sliding window, 1 to 10,000,000; default 1,000. Raising it smooths the windowed measures and makes them slower to follow.
    /// </summary>
    [Range(1, 10_000_000)]
    public int Window { get; set; } = 1000;

    /// <summary>
    /// Fading factor, above 0 and at most 1; default 0.999. An event n events back weighs this to the n-th power: raising it remembers longer.
    /// </summary>
    [Range(0.0, 1.0, MinimumIsExclusive = true)]
    public double Fading { get; set; } = 0.999;

    /// <summary>
    /// Number of the event in the stream, from 0, from which on the measures are also taken apart (<c>late_</c>), 1 to 10^15; 0, the default, for never. What came before does
    /// not count in them: half the length of a log shows its second half alone (<c>replay --report-from</c>).
    /// </summary>
    [Range(0, 1_000_000_000_000_000)]
    public long From { get; set; }

    /// <summary>
    /// Whether quality is also measured by age: of events that are the user's, and the item's, first, second to 5th, 6th to 20th, and later one. Default false.
    /// </summary>
    public bool Ages { get; set; }

    /// <summary>
    /// Users whose events are counted for their age, 1 to 4,194,304; default 1,048,576. Beyond it those not seen longest are given up and counted, and the age of users who are new
    /// from then on is unknown. Raising it takes about 40 bytes a user.
    /// </summary>
    [Range(1, 1 << 22)]
    public int AgeUsers { get; set; } = 1 << 20;

    /// <summary>Items whose events are counted for their age, 1 to 4,194,304; default 262,144. As <see cref="AgeUsers"/>.</summary>
    [Range(1, 1 << 22)]
    public int AgeItems { get; set; } = 1 << 18;
}
