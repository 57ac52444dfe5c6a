using System.ComponentModel.DataAnnotations;

namespace Streaming.Operators.Models;

/// <summary>Options of <see cref="PaMf{T}"/>.</summary>
public sealed class PaMfOptions : RecommenderOptions, IAdmittingOptions
{
    /// <summary>
    /// Factors of a row, 1 to 1,024; default 10. Raising it fits finer tastes, needs more events to do so, and costs time and memory in steps of 16.
    /// </summary>
    [Range(1, 1024)]
    public int Factors { get; set; } = 10;

    /// <summary>
    /// Standard deviation of the factors that users and items start with (of the normal draws whose absolute values they are, with <see cref="NonNegative"/>), 0 to 10; default 0.04.
    /// Raising it makes early predictions noisier and early learning faster; at 0 no factor is learned.
    /// </summary>
    [Range(0.0, 10.0)]
    public double InitSigma { get; set; } = 0.04;

    /// <summary>How far it goes for one event: <c>pa</c>, <c>pa-i</c> or <c>pa-ii</c>; default <see cref="PassiveAggressiveVariant.PaIi"/>, which noise harms least.</summary>
    public PassiveAggressiveVariant Variant { get; set; } = PassiveAggressiveVariant.PaIi;

    /// <summary>Aggressiveness of PA-I and PA-II, above 0, to 1e6; default 0.045. Raising it follows each value more closely, and noise too.</summary>
    [Range(0.0, 1e6, MinimumIsExclusive = true)]
    public double C { get; set; } = 0.045;

    /// <summary>
    /// Error that is none, in the units of the values, 0 to 1e6; default 0.1. Raising it leaves more events alone, and learns less from each.
    /// </summary>
    [Range(0.0, 1e6)]
    public double Epsilon { get; set; } = 0.1;

    /// <summary>Whether factors are never negative, as in the paper's title; default true. Biases may be.</summary>
    public bool NonNegative { get; set; } = true;

    /// <summary>Whether mean and biases are part of the prediction; default true. Without them all of a rating is made of factors, which on film ratings is far worse.</summary>
    public bool Biases { get; set; } = true;

    /// <summary>How users and items earn rows of their own; by default with their first event.</summary>
    public AdmissionOptions Admission { get; set; } = new();
}
