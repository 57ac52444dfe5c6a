using Streaming.Abstractions.Learning;
using Streaming.Abstractions.Stages;

namespace Streaming.Operators.Drift;

/// <summary>The detectors that can be named: by <c>streaming detect</c> and by a <c>Detector</c> nested in a stage's options.</summary>
public static class DetectorCatalogue
{
    /// <summary>All of them, by name.</summary>
    public static IReadOnlyList<ComponentType<IDriftDetector>> All { get; } =
    [
        new ComponentType<IDriftDetector, AdwinOptions>("adwin", "ADWIN: the longest window without a change of its mean", (o, _) => new Adwin(o)),
        new ComponentType<IDriftDetector, DdmOptions>("ddm", "DDM: rise of an error rate above its least", (o, _) => new Ddm(o)),
        new ComponentType<IDriftDetector, PageHinkleyOptions>(
            "page-hinkley", "Page-Hinkley test: cumulated deviation from the running mean", (o, _) => new PageHinkley(o)),
    ];
}
