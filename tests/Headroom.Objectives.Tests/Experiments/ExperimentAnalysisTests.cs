using Headroom.Objectives.Experiments;

namespace Headroom.Objectives.Tests.Experiments;

public sealed class ExperimentAnalysisTests(ITestOutputHelper output)
{
    private static readonly bool Long = Environment.GetEnvironmentVariable("HEADROOM_LONG") == "1";

    private static ExperimentDefinition Pool(double? quantile = null, bool lowerIsBetter = true, params (string Name, double Weight)[] variants) => new()
    {
        Name = "connection-pool",
        Variants = [.. (variants.Length > 0 ? variants : [("control", 1.0), ("treatment", 1.0)]).Select(v => new Variant(v.Item1, v.Item2))],
        Primary = new ExperimentMetric("duration", lowerIsBetter, quantile),
    };

    private static double LogNormal(Random random, double sigma) =>
        Math.Exp(sigma * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));

    // Users differ, and each has several outcomes: naive errors would be too small.
    private static Func<string, Random, Func<double>> Users(double treatmentFactor) => (variant, random) =>
    {
        double user = 0.1 * LogNormal(random, 0.4) * (variant == "treatment" ? treatmentFactor : 1);
        return () => user * LogNormal(random, 0.6);
    };

    [Theory]
    [InlineData(null)]
    [InlineData(0.5)]
    [InlineData(0.95)]
    public void Between_equal_variants_no_number_of_peeks_finds_more_differences_than_stated(double? quantile)
    {
        int experiments = Long ? 1000 : 80;
        int falseOnes = 0, mismatches = 0;
        Parallel.For(0, experiments, seed =>
        {
            var trial = new Trial(Pool(quantile), seed);
            bool found = false, mismatch = false;
            for (int peek = 0; peek < 12; peek++)
            {
                // Peeks grow apart, as a stopping rule that watches closely at first does its worst.
                var analysis = trial.Add(250 + 60 * peek, r => 1 + r.Next(8), Users(1)).Analyze();
                found |= analysis.Comparisons[0].Verdict is ComparisonVerdict.Better or ComparisonVerdict.Worse;
                mismatch |= analysis.Ratio.Mismatch;
            }
            if (found) Interlocked.Increment(ref falseOnes);
            if (mismatch) Interlocked.Increment(ref mismatches);
        });
        output.WriteLine($"{falseOnes} of {experiments} found a difference in {quantile?.ToString() ?? "the mean"}, {mismatches} a mismatch of shares");
        Assert.True(falseOnes <= Allowed(experiments, 0.05), $"{falseOnes} of {experiments}");
        Assert.True(mismatches <= Allowed(experiments, SampleRatio.Significance), $"{mismatches} of {experiments}");

        // The stated rate and three standard errors of this Monte Carlo.
        static double Allowed(int n, double rate) => n * rate + 3 * Math.Sqrt(n * rate * (1 - rate));
    }

    [Theory]
    [InlineData(null, 0.9)]
    [InlineData(0.95, 0.85)]
    public void A_real_difference_is_found_and_adopted(double? quantile, double factor)
    {
        int adopted = 0;
        for (int seed = 0; seed < 10; seed++)
        {
            var analysis = new Trial(Pool(quantile), seed).Add(8_000, r => 1 + r.Next(8), Users(factor)).Analyze();
            var comparison = analysis.Comparisons[0];
            Assert.InRange(comparison.ChangePercent, (factor - 1) * 100 - 8, (factor - 1) * 100 + 8);
            if (analysis.Recommendation is { Action: RecommendedAction.Adopt, Variant: "treatment" }) adopted++;
        }
        Assert.True(adopted >= 9, $"{adopted} of 10");
    }

    [Fact]
    public void The_interval_holds_the_true_difference_at_every_look()
    {
        int missed = 0;
        const int experiments = 100;
        Parallel.For(0, experiments, seed =>
        {
            var trial = new Trial(Pool(), seed);
            double truth = 0.1 * Math.Exp(0.08 + 0.18) * -0.2;
            bool outside = false;
            for (int peek = 0; peek < 8; peek++)
            {
                var result = trial.Add(400, _ => 4, Users(0.8)).Analyze().Comparisons[0].Result;
                outside |= truth < result.Low || truth > result.High;
            }
            if (outside) Interlocked.Increment(ref missed);
        });
        Assert.True(missed <= 11, $"{missed} of {experiments} missed the truth somewhere");
    }

    [Fact]
    public void Shares_that_do_not_follow_the_weights_make_every_number_worthless()
    {
        int lost = 0;
        // One in ten of the treatment's users is lost on the way.
        var analysis = new Trial(Pool(), 1).Add(10_000, _ => 1, Users(0.5), v => v == "treatment" && lost++ % 10 == 0 ? "control" : v).Analyze();
        Assert.True(analysis.Ratio.Mismatch, $"p = {analysis.Ratio.PValue}");
        Assert.Equal(RecommendedAction.Repair, analysis.Recommendation.Action);
    }

    [Fact]
    public void One_user_who_does_a_thousand_things_is_no_mismatch()
    {
        var trial = new Trial(Pool(), 1).Add(2_000, _ => 1, Users(1)).Add(1, _ => 1000, Users(1));
        Assert.False(trial.Analyze().Ratio.Mismatch);
    }

    [Fact]
    public void Few_outcomes_give_no_verdict()
    {
        var analysis = new Trial(Pool(), 1).Add(60, _ => 1, Users(0.1)).Analyze();
        Assert.Equal(ComparisonVerdict.TooEarly, analysis.Comparisons[0].Verdict);
        Assert.True(double.IsNaN(analysis.Comparisons[0].Result.PValue));
        Assert.Equal(RecommendedAction.Continue, analysis.Recommendation.Action);
    }

    [Fact]
    public void A_test_without_outcomes_has_no_verdict()
    {
        var analysis = new Trial(Pool(), 1).Analyze();
        Assert.Equal(RecommendedAction.Continue, analysis.Recommendation.Action);
        Assert.False(analysis.Ratio.Mismatch);
    }

    [Fact]
    public void When_no_difference_that_matters_is_there_the_test_may_stop()
    {
        var analysis = new Trial(Pool() with { MinimumEffectPercent = 30 }, 1).Add(20_000, _ => 2, Users(1)).Analyze();
        Assert.Equal(ComparisonVerdict.NoDifferenceThatMatters, analysis.Comparisons[0].Verdict);
        Assert.Equal(RecommendedAction.Keep, analysis.Recommendation.Action);
    }

    [Fact]
    public void A_success_rate_is_the_mean_of_zeros_and_ones()
    {
        var experiment = Pool(lowerIsBetter: false) with { Primary = new ExperimentMetric("success", LowerIsBetter: false) };
        var analysis = new Trial(experiment, 1).Add(20_000, _ => 1, (variant, random) => () => random.NextDouble() < (variant == "treatment" ? 0.97 : 0.90) ? 1 : 0).Analyze();
        Assert.Equal(ComparisonVerdict.Better, analysis.Comparisons[0].Verdict);
        Assert.InRange(analysis.Comparisons[0].Treatment, 0.96, 0.98);
    }

    [Fact]
    public void Values_that_never_vary_are_equal_or_not_without_doubt()
    {
        var same = new Trial(Pool(), 1).Add(5_000, _ => 1, (_, _) => () => 1).Analyze().Comparisons[0];
        Assert.Equal((1, 0), (same.Result.PValue, same.Result.Difference));
        var differs = new Trial(Pool(), 1).Add(5_000, _ => 1, (v, _) => () => v == "control" ? 1 : 2).Analyze().Comparisons[0];
        Assert.Equal(ComparisonVerdict.Worse, differs.Verdict);
    }

    [Fact]
    public void A_guard_that_is_harmed_keeps_the_control()
    {
        var experiment = Pool() with { Guards = [new ExperimentMetric("errors", TolerancePercent: 1)] };
        var (random, groups) = (new Random(1), new Dictionary<(string, string), HistogramRecorderSet>());
        var trial = new Trial(Pool(), 1).Add(10_000, _ => 1, Users(0.7));
        foreach (string variant in (string[])["control", "treatment"])
        {
            var set = groups[(variant, "errors")] = new HistogramRecorderSet();
            for (int i = 0; i < 10_000; i++) set.Record(i % 100, random.NextDouble() < (variant == "control" ? 0.01 : 0.05) ? 1 : 0);
        }
        var duration = trial.Analyze();
        Assert.Equal(RecommendedAction.Adopt, duration.Recommendation.Action);
        var analysis = trial.Analyze(experiment, (v, m) => groups[(v, m)].Outcomes());
        Assert.Equal(RecommendedAction.Keep, analysis.Recommendation.Action);
        Assert.Contains("harms errors", analysis.Recommendation.Reason, StringComparison.Ordinal);
    }
}
