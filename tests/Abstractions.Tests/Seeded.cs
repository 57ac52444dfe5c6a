using FsCheck;
using FsCheck.Fluent;

namespace Streaming.Abstractions.Tests;

/// <summary>Properties over generated values, the same values in every run.</summary>
internal static class Seeded
{
    public static void Check<T>(Gen<T> values, Func<T, bool> property, int tests = 500) =>
        FsCheck.Check.One(
            Config.QuickThrowOnFailure.WithQuietOnSuccess(true).WithMaxTest(tests).WithReplay(new Replay(new Rnd(20_260_101, 7_919), null)),
            Prop.ForAll(values.ToArbitrary(), property));
}
