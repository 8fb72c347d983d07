namespace Headroom.Load.Results;

/// <summary>
/// The assessment of the load-testing document (document 4): error rate below 1% is excellent and below 5% good, a 95th percentile
/// below 500 ms excellent and below 1 s good, more than 1,000 requests/s excellent and more than 500 good.
/// </summary>
internal static class Assessment
{
    public static IReadOnlyList<AssessmentLine> Of(double errorRate, double? p95Ms, double perSecond)
    {
        var lines = new List<AssessmentLine>
        {
            errorRate < 0.01 ? new("Error rate", "Excellent", "<1%", true) : errorRate < 0.05 ? new("Error rate", "Good", "<5%", true) : new("Error rate", "Poor", "≥5%", false),
        };
        if (p95Ms is { } p95)
            lines.Add(p95 < 500 ? new("P95 Response Time", "Excellent", "<500ms", true) : p95 < 1000 ? new("P95 Response Time", "Good", "<1000ms", true) : new("P95 Response Time", "Poor", "≥1000ms", false));
        lines.Add(perSecond > 1000 ? new("Throughput", "Excellent", ">1000 RPS", true) : perSecond > 500 ? new("Throughput", "Good", ">500 RPS", true) : new("Throughput", "Low", "≤500 RPS", false));
        return lines;
    }
}
