namespace Streaming.Operators.Models.Refits;

/// <summary>An event that is kept.</summary>
/// <param name="User">Row of its user.</param>
/// <param name="Item">Row of its item.</param>
/// <param name="Value">Rating; NaN for implicit feedback.</param>
/// <param name="Weight">Importance.</param>
internal readonly record struct RefitSample(int User, int Item, double Value, float Weight);
