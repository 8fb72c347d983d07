using System.Globalization;
using System.Text;
using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Judging;

public sealed class RegressTests
{
    private static string Latency(double second)
    {
        var csv = new StringBuilder("timestamp,value\n");
        var random = new Random(3);
        for (int i = 0; i < 2 * 24 * 12; i++)
            csv.AppendLine(CultureInfo.InvariantCulture, $"{new DateTime(2026, 3, 1).AddMinutes(5 * i):yyyy-MM-ddTHH:mm:ssZ},{(i < 288 ? 0.1 : second) * (1 + 0.1 * random.NextDouble())}");
        return csv.ToString();
    }

    private static readonly string[] Days = ["--before", "2026-03-01..2026-03-02", "--after", "2026-03-02..2026-03-03"];

    [Fact]
    public async Task A_regression_exits_99_until_a_deployment_announces_it()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("latency.csv", Latency(0.15));
        await headroom.SucceedAsync("import", "csv", "latency.csv", "--label", "service=api");
        headroom.Write("headroom.yaml", "project: p\nkpis:\n  - { name: API latency, query: \"avg_over_time(latency[72m])\", target: \"< 0.12\" }\n");
        var found = await headroom.RunAsync(["regress", .. Days]);
        Assert.Equal(99, found.ExitCode);
        Assert.Contains("Worse: API latency", found.Output, StringComparison.Ordinal);

        await headroom.SucceedAsync("deployment", "record", "--service", "api", "--version", "2.0", "--at", "2026-03-02T00:10:00Z", "--id", "two");
        await headroom.SucceedAsync("deployment", "record", "--service", "web", "--version", "7.0", "--at", "2026-03-02T00:20:00Z");
        var near = await headroom.RunAsync(["regress", .. Days]);
        Assert.Equal(99, near.ExitCode);
        Assert.Contains("api 2.0 deployed 2026-03-02 00:10Z", near.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("web 7.0", near.Output, StringComparison.Ordinal);

        await headroom.SucceedAsync("deployment", "record", "--service", "api", "--version", "2.0", "--at", "2026-03-02T00:10:00Z", "--id", "two", "--expects", "API latency");
        var explained = await headroom.RunAsync(["regress", .. Days, "--output", "json"]);
        Assert.Equal(0, explained.ExitCode);
        Assert.Equal("two", explained.Json.GetProperty("findings")[0].GetProperty("explainedBy").GetString());
        var listed = (await headroom.SucceedAsync("deployment", "list", "--service", "api", "--output", "json")).Json;
        Assert.Equal(1, listed.GetProperty("deployments").GetArrayLength());
    }

    [Fact]
    public async Task Nothing_worse_exits_0_and_no_data_98()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("latency.csv", Latency(0.1));
        await headroom.SucceedAsync("import", "csv", "latency.csv");
        Assert.Equal(0, (await headroom.RunAsync(["regress", "avg_over_time(latency[72m])", .. Days])).ExitCode);
        Assert.Equal(98, (await headroom.RunAsync(["regress", "nothing", .. Days])).ExitCode);
        Assert.Equal(2, (await headroom.RunAsync("regress", "latency", "--before", "yesterday")).ExitCode);
    }

    [Fact]
    public async Task Usage_and_bottlenecks_are_shown()
    {
        using var headroom = new HeadroomRun();
        var csv = new StringBuilder("timestamp,value\n");
        for (int h = 0; h < 28 * 24; h++) csv.AppendLine(CultureInfo.InvariantCulture, $"{new DateTime(2026, 3, 1).AddHours(h):yyyy-MM-ddTHH:mm:ssZ},{(h % 24 is 9 or 10 ? 100 : 10)}");
        headroom.Write("traffic.csv", csv.ToString());
        await headroom.SucceedAsync("import", "csv", "traffic.csv");
        Assert.Contains("peak hours       09 10", (await headroom.SucceedAsync("usage", "last_over_time(traffic[1h])", "--at", "2026-03-28T23:00:00Z")).Output, StringComparison.Ordinal);

        headroom.Write("requests.txt", """
            # TYPE http_requests counter
            http_requests_total{handler="/cart",code="500"} 0 1772323200
            http_requests_total{handler="/cart",code="500"} 30 1772326800
            http_requests_total{handler="/pay",code="503"} 0 1772323200
            http_requests_total{handler="/pay",code="503"} 10 1772326800
            # EOF

            """.Replace("\r", "", StringComparison.Ordinal));
        await headroom.SucceedAsync("import", "openmetrics", "requests.txt");
        var json = (await headroom.SucceedAsync("bottlenecks", "--at", "2026-03-01T01:00:00Z", "--window", "2h", "--output", "json")).Json;
        var errors = json.GetProperty("bottlenecks").EnumerateArray().Single(b => b.GetProperty("kind").GetString() == "errors").GetProperty("entries");
        Assert.Equal("/cart", errors[0].GetProperty("labels").GetProperty("handler").GetString());
        Assert.Equal(0.75, errors[0].GetProperty("share").GetDouble(), 2);
        Assert.Contains("Sources of errors", (await headroom.SucceedAsync("bottlenecks", "--at", "2026-03-01T01:00:00Z")).Output, StringComparison.Ordinal);
    }
}
