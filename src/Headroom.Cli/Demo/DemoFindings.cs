using Headroom.Objectives.Kpis;
using Headroom.Objectives.Regressions;

namespace Headroom.Cli.Demo;

/// <summary>What the demo measured and what the server says about it.</summary>
/// <param name="Timeline">When what happened.</param>
/// <param name="Requests">Requests sent.</param>
/// <param name="Failures">Requests not answered with a 2xx status.</param>
/// <param name="LagSeconds">99th percentile of how late requests were really sent.</param>
/// <param name="Before">The KPIs at the end of the first window.</param>
/// <param name="After">The KPIs at the end of the second.</param>
/// <param name="Changes">Every endpoint compared between the windows.</param>
internal sealed record DemoFindings(
    DemoTimeline Timeline, int Requests, int Failures, double LagSeconds, StatusReport Before, StatusReport After, ComparisonResult Changes)
{
    /// <summary>What got worse.</summary>
    public IReadOnlyList<RegressionFinding> Regressions => [.. Changes.Findings.Where(f => f.Verdict == RegressionVerdict.Regression)];

    /// <summary>What a reader should know about the generator; null when it kept to its schedule.</summary>
    public string? Caution => LagSeconds > LagWorthSaying
        ? $"this machine was too busy to send on time (99% of requests at most {LagSeconds * 1000:0} ms late), which every response time above includes"
        : null;

    /// <summary>
    /// Why the measurement supports no verdict; null when it does. One endpoint was made slower for certain, so a
    /// comparison that does not see it says something about the data, not about the shop.
    /// </summary>
    public string? Invalid =>
        Failures > Requests / 10 ? $"{Failures} of {Requests} requests failed"
        : Changes.Findings.Any(f => f.Verdict == RegressionVerdict.NoData) ? "some endpoints have too few seconds with data"
        : !Regressions.Any(f => f.Labels["endpoint"] == ShopTraffic.Slowed.Name) ? $"the noise on this machine hides that {ShopTraffic.Slowed.Name} became slower"
        : null;

    // Later than this for one request in a hundred, and the higher percentiles are the generator's.
    private const double LagWorthSaying = 0.050;
}
