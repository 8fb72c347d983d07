using System.Text.Json;
using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Commands;

public sealed class DetectorCommandTests
{
    [Fact]
    public async Task Change_points_come_as_one_json_line_a_file_and_a_bad_file_keeps_none_out()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("step.csv", "timestamp,value\n" + Rows(60, i => (i % 3) + (i >= 40 ? 30 : 0)));
        headroom.Write("flat.csv", "value\n" + string.Concat(Enumerable.Repeat("5\n", 30)));
        headroom.Write("empty.csv", "");
        var run = await headroom.RunAsync("regress", "history", "--csv", "step.csv", "missing.csv", "flat.csv", "empty.csv", "--output", "json");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("There is no file missing.csv", run.Error);
        var lines = Lines(run.Output);
        Assert.Equal(["step.csv", "flat.csv", "empty.csv"], lines.Select(l => l.GetProperty("file").GetString()));
        Assert.Equal([60, 30, 0], lines.Select(l => l.GetProperty("points").GetInt32()));
        var change = Assert.Single(lines[0].GetProperty("changePoints").EnumerateArray());
        Assert.Equal(["index", "time", "before", "after", "pValue"], change.EnumerateObject().Select(p => p.Name));
        Assert.Equal(40, change.GetProperty("index").GetInt32());
        Assert.Equal("2026-01-02T16:00:00Z", change.GetProperty("time").GetString());
        Assert.All(lines.Skip(1), l => Assert.Empty(l.GetProperty("changePoints").EnumerateArray()));
    }

    [Fact]
    public async Task A_forecast_reaches_as_many_points_or_as_far_as_asked()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("day.csv", "timestamp,value\n" + Rows(240, i => i % 24));
        foreach (string horizon in new[] { "30", "30h" })
        {
            var points = Lines((await headroom.SucceedAsync("forecast", "--csv", "day.csv", "--horizon", horizon, "--output", "json")).Output)[0].GetProperty("points");
            Assert.Equal(30, points.GetArrayLength());
            Assert.Equal("2026-01-11T00:00:00Z", points[0].GetProperty("time").GetString());
            Assert.Equal(5, points[5].GetProperty("value").GetDouble(), 0.5);
            Assert.True(points[5].GetProperty("lower").GetDouble() <= points[5].GetProperty("upper").GetDouble());
        }
        headroom.Write("bare.csv", "1\n2\n3\n4\n5\n6\n");
        var run = await headroom.RunAsync("forecast", "--csv", "bare.csv", "--horizon", "1h");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains("Give a number of points", run.Error);
        Assert.Equal(2, (await headroom.RunAsync("forecast", "--csv", "bare.csv", "--horizon", "soon")).ExitCode);
    }

    [Fact]
    public async Task Anomalies_have_a_score_a_row_and_indices_of_alerts()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("spike.csv", "value\n" + string.Concat(Enumerable.Range(0, 400).Select(i => (i == 300 ? 500 : i * 7 % 5) + "\n")));
        var line = Lines((await headroom.SucceedAsync("anomalies", "--csv", "spike.csv", "--output", "json")).Output)[0];
        Assert.Equal(400, line.GetProperty("scores").GetArrayLength());
        Assert.Contains(300, line.GetProperty("alerts").EnumerateArray().Select(a => a.GetInt32()));
    }

    [Fact]
    public async Task Stored_measurements_are_judged_by_expression()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("latency.csv", "timestamp,value\n" + Rows(240, i => (i % 3) + 10 + (i >= 150 ? 30 : 0)));
        await headroom.SucceedAsync("import", "csv", "latency.csv");
        string[] range = ["latency", "--start", "2026-01-01", "--end", "2026-01-10T23:00:00Z", "--step", "1h", "--output", "json"];
        var changes = Lines((await headroom.SucceedAsync(["regress", "history", .. range])).Output)[0];
        Assert.Equal("latency", changes.GetProperty("labels").GetProperty("__name__").GetString());
        Assert.Equal("2026-01-07T06:00:00Z", Assert.Single(changes.GetProperty("changePoints").EnumerateArray()).GetProperty("time").GetString());
        Assert.Equal(24, Lines((await headroom.SucceedAsync(["forecast", .. range, "--horizon", "24h"])).Output)[0].GetProperty("points").GetArrayLength());
        Assert.Equal(240, Lines((await headroom.SucceedAsync(["anomalies", .. range])).Output)[0].GetProperty("scores").GetArrayLength());
        var none = await headroom.SucceedAsync("forecast", "absent", "--horizon", "3");
        Assert.Contains("no series", none.Error);
    }

    [Fact]
    public async Task Either_a_file_or_an_expression_is_needed()
    {
        using var headroom = new HeadroomRun();
        Assert.Equal(2, (await headroom.RunAsync("anomalies")).ExitCode);
        Assert.Equal(2, (await headroom.RunAsync("anomalies", "up", "--csv", "a.csv")).ExitCode);
    }

    private static string Rows(int count, Func<int, double> value) =>
        string.Concat(Enumerable.Range(0, count).Select(i => FormattableString.Invariant($"{new DateTime(2026, 1, 1).AddHours(i):yyyy-MM-dd HH:mm:ss},{value(i)}\n")));

    private static JsonElement[] Lines(string output) => [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => JsonDocument.Parse(l).RootElement)];
}
