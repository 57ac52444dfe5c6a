namespace Streaming.Abstractions.Sources;

/// <summary>
/// Why a record was not taken. A closed set: it is counted by reason, and the counts are a metric's labels. The names in lower case with
/// dashes are what people see (<see cref="RejectionReasons.Label"/>).
/// </summary>
public enum RejectionReason : byte
{
    /// <summary>No reason: the record is good.</summary>
    None = 0,

    /// <summary>The record is longer than the limit on a line.</summary>
    LineTooLong,

    /// <summary>Bytes that are not UTF-8.</summary>
    InvalidUtf8,

    /// <summary>A field that must be there is missing or empty.</summary>
    MissingField,

    /// <summary>More fields than the format has.</summary>
    ExtraField,

    /// <summary>An id that is longer than the limit, or has control characters.</summary>
    BadId,

    /// <summary>A number that cannot be read.</summary>
    NotANumber,

    /// <summary>A number that is NaN or infinite, or becomes so when it is read (<c>1e999</c>).</summary>
    NotFinite,

    /// <summary>A value outside the declared range.</summary>
    OutOfRange,

    /// <summary>A time that cannot be read.</summary>
    BadTime,

    /// <summary>A time outside the range that is taken.</summary>
    TimeOutOfRange,

    /// <summary>Text that is not of the format at all (JSON that does not parse, an unknown kind of record).</summary>
    Malformed,

    /// <summary>The same key twice in one JSON object.</summary>
    DuplicateKey,

    /// <summary>JSON nested deeper, or with more elements, than the limit.</summary>
    TooComplex,

    /// <summary>A decision without the probability with which its action was chosen.</summary>
    PropensityMissing,

    /// <summary>A propensity of 0: what happened cannot have been impossible.</summary>
    PropensityZero,

    /// <summary>A propensity below 0.</summary>
    PropensityNegative,

    /// <summary>A propensity above 1.</summary>
    PropensityAboveOne,

    /// <summary>A decision without actions to choose from.</summary>
    EmptyActionSet,

    /// <summary>A chosen action that is none of the candidates.</summary>
    ActionNotInSet,

    /// <summary>The same action twice among the candidates.</summary>
    DuplicateAction,

    /// <summary>A list that is to have one number an action, and has more or fewer.</summary>
    WrongLength,

    /// <summary>A reward for a decision that is not known, or whose attribution window has closed.</summary>
    OrphanReward,

    /// <summary>A reward that came before, by its own id.</summary>
    DuplicateReward,

    /// <summary>A decision with the id of one that still waits for its rewards.</summary>
    DuplicateDecision,
}

/// <summary>The reasons' public names.</summary>
public static class RejectionReasons
{
    private static readonly string[] Labels =
    [
        "none", "line-too-long", "invalid-utf8", "missing-field", "extra-field", "bad-id", "not-a-number", "not-finite", "out-of-range",
        "bad-time", "time-out-of-range", "malformed", "duplicate-key", "too-complex",
        "propensity-missing", "propensity-zero", "propensity-negative", "propensity-above-one", "empty-action-set", "action-not-in-set", "duplicate-action",
        "wrong-length", "orphan-reward", "duplicate-reward", "duplicate-decision",
    ];

    /// <summary>Number of reasons, <see cref="RejectionReason.None"/> included.</summary>
    public static int Count => Labels.Length;

    /// <summary>The name that people and metrics see.</summary>
    public static string Label(this RejectionReason reason) => Labels[(int)reason];
}
