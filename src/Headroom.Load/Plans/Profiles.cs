using Headroom.Load.Executors;
using Headroom.Load.Thresholds;

namespace Headroom.Load.Plans;

/// <summary>
/// Ready shapes for a URL, with the numbers of the source documents: the tracker's k6 script and stress test (document 1), the rates
/// of the metrics tracking (document 3) and the load-testing framework (document 4).
/// </summary>
public static class Profiles
{
    /// <summary>The names with what each does.</summary>
    public static readonly IReadOnlyList<(string Name, string Meaning)> All =
    [
        ("smoke", "5 users for 30s, a second apart: does it work at all?"),
        ("load", "100 users for 5m, a second apart: does it meet its targets?"),
        ("stress", "0 to 5,000 users over 5m, without pause, 30s timeout: where does it break?"),
        ("spike", "1,000 users, then 2,000: does it survive, and recover?"),
        ("soak", "80 requests/s for 1h: does it last?"),
        ("throughput", "100, 150, 200 and 300 requests/s for a minute each: what does it carry?"),
    ];

    /// <summary>Makes the plan of a profile; null when there is none of that name.</summary>
    public static LoadPlan? Create(string profile, Uri url, UrlPlanOptions options, PlanOverrides overrides)
    {
        LoadShape? shape = profile switch
        {
            "smoke" => new ConstantVus(5, TimeSpan.FromSeconds(30)),
            "load" => new ConstantVus(100, TimeSpan.FromSeconds(300)),
            "stress" => new RampingVus(0, [new Stage(TimeSpan.FromSeconds(300), 5000)]),
            "spike" => new RampingVus(0, [Minutes(2, 1000), Minutes(2, 2000), Minutes(5, 2000), Minutes(2, 0)]),
            "soak" => new ConstantArrivalRate(80, TimeSpan.FromHours(1)),
            "throughput" => new RampingArrivalRate(100, [Minutes(1, 100), Minutes(0, 150), Minutes(1, 150), Minutes(0, 200), Minutes(1, 200), Minutes(0, 300), Minutes(1, 300)]),
            _ => null,
        };
        if (shape is null) return null;
        var plan = UrlPlan.Create(url, overrides.Apply(shape), options with { GracefulStop = TimeSpan.FromSeconds(30), Timeout = TimeSpan.FromSeconds(30) });
        var scenario = plan.Scenarios[0];
        // Users of these profiles are people: they look at an answer for a second (document 1, sleep(1)).
        bool pauses = profile is "smoke" or "load" or "spike";
        var flow = scenario.Flows[0] with { Name = profile, Steps = pauses ? [.. scenario.Flows[0].Steps, new ThinkStep(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1))] : scenario.Flows[0].Steps };
        return plan with
        {
            Name = $"{profile} of {url}",
            Scenarios = [scenario with { Name = profile, Flows = [flow] }],
            Thresholds = profile is "stress" ? [] : Bounds(),
        };
    }

    // Document 4: P95 below 500 ms, error rate below 5%.
    private static IReadOnlyList<Threshold> Bounds() =>
    [
        new Threshold { Metric = BuiltInMetrics.ResponseTime, Expression = new ThresholdExpression(Aggregation.Percentile, 95, "<", 500) },
        new Threshold { Metric = BuiltInMetrics.Failed, Expression = new ThresholdExpression(Aggregation.Rate, 0, "<", 0.05) },
    ];

    private static Stage Minutes(double minutes, double target) => new(TimeSpan.FromMinutes(minutes), target);
}
