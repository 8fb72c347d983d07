namespace Headroom.Cli.Demo;

/// <summary>The demo's headroom.yaml: what its KPIs are and what they must come to.</summary>
internal static class DemoConfiguration
{
    /// <summary>The distribution of response times, by endpoint and status code.</summary>
    public const string DurationMetric = "shop_request_duration_seconds";

    /// <summary>The median response time of each second, by endpoint: one independent value a second for the significance test.</summary>
    public const string MedianMetric = "shop_response_time_median_seconds";

    /// <summary>The service every sample bears.</summary>
    public const string Service = "shop";

    /// <summary>
    /// What is compared before and after: each second's own median, read without reaching back into the second before,
    /// so that no two slots share a request.
    /// </summary>
    public const string RegressionQuery = $"max by (endpoint) (last_over_time({MedianMetric}{{service=\"{Service}\"}}[1s]))";

    /// <summary>What <see cref="RegressionQuery"/> is called in the report.</summary>
    public const string RegressionName = "Median response time, each second";

    // Distributions are stored in slots of 10 s. A range of 20 s that ends with a slot holds exactly two of their samples.
    private const string Range = "[20s]";

    public const string Yaml = $$"""
        project: demo shop
        kpis:
          - name: p95 response time
            query: histogram_quantile(0.95, sum by (endpoint) (rate({{DurationMetric}}{service="{{Service}}"}{{Range}})))
            unit: s
            target: "< 0.080"
            critical: "> 0.500"
            budget: 0.100
          - name: Throughput
            query: sum(histogram_count(rate({{DurationMetric}}{service="{{Service}}"}{{Range}})))
            unit: req/s
            target: "> 100"
          - name: Error rate
            query: 100 * (sum(histogram_count(rate({{DurationMetric}}{service="{{Service}}",code!~"2.."}{{Range}}))) or vector(0)) / sum(histogram_count(rate({{DurationMetric}}{service="{{Service}}"}{{Range}})))
            unit: "%"
            target: "< 1"
        """;
}
