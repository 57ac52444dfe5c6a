using System.Globalization;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Streaming.Abstractions.Randomness;
using Streaming.Operators.Evaluation;
using Streaming.Operators.Tests.Models;
using Xunit;

namespace Streaming.Operators.Tests.Evaluation;

public sealed class HeldOutQualityTests
{
    [Fact]
    public void The_worked_case_has_its_values_in_both_variants()
    {
        JsonElement golden = GoldenTests.Read("held-out-metrics.json");
        int[] ranking = Numbers("ranking"), relevant = Numbers("relevant"), ks = [.. golden.GetProperty("recall").EnumerateObject().Select(p => int.Parse(p.Name, CultureInfo.InvariantCulture))];
        HeldOutQuality quality = new(ks);
        quality.Add([.. ranking.Select((item, i) => (item, Rank: i + 1)).Where(r => relevant.Contains(r.item)).Select(r => r.Rank)], relevant.Length);
        Dictionary<string, double> measures = quality.Measures().ToDictionary(m => m.Name, m => m.Value);
        foreach ((string name, string variant) in new[] { ("recall", "recall"), ("ndcg", "ndcg_truncated"), ("ndcg_all", "ndcg_as_printed") })
        {
            foreach (JsonProperty value in golden.GetProperty(variant).EnumerateObject()) Assert.Equal(value.Value.GetDouble(), measures[$"{name}@{value.Name}"], 1e-15);
        }

        int[] Numbers(string name) => [.. golden.GetProperty(name).EnumerateArray().Select(n => n.GetInt32())];
    }

    [Fact]
    public void Every_measure_is_that_of_its_definition_over_whole_rankings() =>
        Check.One(
            Config.QuickThrowOnFailure.WithMaxTest(200).WithReplay(77, 9),
            Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
            {
                CounterRng rng = new((ulong)seed, 2);
                int[] ks = [1, 3, 10];
                HeldOutQuality quality = new(ks);
                List<(bool[] Ranking, int Relevant)> users = [];
                for (int n = 1 + (int)rng.NextBelow(5); n > 0; n--)
                {
                    bool[] ranking = new bool[1 + rng.NextBelow(25)];
                    for (int i = 0; i < ranking.Length; i++) ranking[i] = rng.NextBelow(4) == 0;
                    int relevant = Math.Max(1, ranking.Count(r => r) + (int)rng.NextBelow(3)); // some cannot be ranked
                    users.Add((ranking, relevant));
                    quality.Add([.. ranking.Select((hit, i) => hit ? i + 1 : 0).Where(r => r > 0)], relevant);
                }

                Dictionary<string, double> measures = quality.Measures().ToDictionary(m => m.Name, m => m.Value);
                Assert.Equal(users.Count, quality.Users);
                Assert.Equal((7 * ks.Length) + 2, measures.Count);
                Assert.Equal(users.Average(u => Array.IndexOf(u.Ranking, true) is >= 0 and int first ? 1.0 / (first + 1) : 0), measures["mrr"], 1e-12);
                Assert.Equal(users.Average(u => Precisions(u.Ranking, int.MaxValue) / u.Relevant), measures["map"], 1e-12);
                foreach (int k in ks)
                {
                    Check("recall", u => Hits(u.Ranking, k) / (double)Math.Min(k, u.Relevant));
                    Check("recall_all", u => Hits(u.Ranking, k) / (double)u.Relevant);
                    Check("precision", u => Hits(u.Ranking, k) / (double)k);
                    Check("hr", u => Hits(u.Ranking, k) > 0 ? 1 : 0);
                    Check("map", u => Precisions(u.Ranking, k) / Math.Min(k, u.Relevant));
                    Check("ndcg", u => Gain(u.Ranking.Take(k)) / Gain(Enumerable.Repeat(true, Math.Min(k, u.Relevant))));
                    Check("ndcg_all", u => Gain(u.Ranking.Take(k)) / Gain(Enumerable.Repeat(true, u.Relevant)));

                    void Check(string name, Func<(bool[] Ranking, int Relevant), double> of) => Assert.Equal(users.Average(of), measures[$"{name}@{k}"], 1e-12);
                }
            }));

    [Fact]
    public void Without_users_nothing_is_known() => Assert.All(new HeldOutQuality([10]).Measures(), m => Assert.True(double.IsNaN(m.Value)));

    private static int Hits(bool[] ranking, int k) => ranking.Take(k).Count(hit => hit);

    private static double Precisions(bool[] ranking, int k) => Enumerable.Range(1, Math.Min(k, ranking.Length)).Where(d => ranking[d - 1]).Sum(d => Hits(ranking, d) / (double)d);

    private static double Gain(IEnumerable<bool> ranking) => ranking.Select((hit, i) => hit ? 1 / Math.Log2(i + 2) : 0).Sum();
}
