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
    // A generator that is late by more than this measures itself; the fastest endpoint takes 6 ms.
    private const double LagThatSpoils = 0.100;

    /// <summary>What got worse.</summary>
    public IReadOnlyList<RegressionFinding> Regressions => [.. Changes.Findings.Where(f => f.Verdict == RegressionVerdict.Regression)];

    /// <summary>Why the measurement supports no verdict; null when it does.</summary>
    public string? Invalid =>
        LagSeconds > LagThatSpoils ? $"the load generator fell behind its schedule (99% of requests at most {LagSeconds * 1000:0} ms late): this machine is too busy to measure on"
        : Failures > Requests / 10 ? $"{Failures} of {Requests} requests failed"
        : Changes.Findings.Any(f => f.Verdict == RegressionVerdict.NoData) ? "some endpoints have too few seconds with data"
        : null;
}
