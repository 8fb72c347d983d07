using System.Globalization;
using System.Text.Json;
using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Commands;

public sealed class ImportTests
{
    [Fact]
    public async Task A_file_becomes_a_gauge_named_after_it_and_bad_lines_cost_only_themselves()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("cpu.csv", "timestamp,value\n2026-01-01 00:00:00,1\nnot a time,2\n2026-01-01 00:05:00,many\n2026-01-01 00:10:00,4\n");
        var import = await headroom.SucceedAsync("import", "csv", "cpu.csv");
        Assert.Contains("cpu.csv: 2 samples read as cpu, 1 series, 2 rejected", import.Output);
        Assert.Contains("line 3", import.Output);
        Assert.Contains("line 4", import.Output);
        var query = await headroom.SucceedAsync("query", "sum_over_time(cpu[1h])", "--at", "2026-01-01T00:30:00Z", "--output", "json");
        Assert.Equal("5", query.Json.GetProperty("result")[0].GetProperty("value")[1].GetString());
    }

    [Fact]
    public async Task The_report_of_an_import_is_json_when_asked()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("a.csv", "at;zone;count\n2026-01-01T00:00:00Z;eu;1\n2026-01-01T00:00:00Z;us;2\nx;us;2\n");
        var json = (await headroom.SucceedAsync("import", "csv", "a.csv", "--metric", "visits", "--time-column", "at", "--value-column", "count", "--label-columns", "zone", "--output", "json")).Json;
        Assert.Equal((2, 2, 1), (json.GetProperty("samples").GetInt32(), json.GetProperty("series").GetInt32(), json.GetProperty("rejected").GetInt32()));
        Assert.Equal(4, json.GetProperty("files")[0].GetProperty("report").GetProperty("rejections")[0].GetProperty("line").GetInt32());
    }

    [Fact]
    public async Task A_file_that_is_missing_or_has_no_header_does_not_keep_the_others_out()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("good.csv", "timestamp,value\n2026-01-01,1\n");
        headroom.Write("other.csv", "time,val\n2026-01-01,1\n");
        var import = await headroom.RunAsync("import", "csv", "missing.csv", "other.csv", "good.csv");
        Assert.Equal(2, import.ExitCode);
        Assert.Contains("good.csv: 1 samples read", import.Output);
        Assert.Contains("missing.csv", import.Error);
        Assert.Contains("--time-column", import.Error);
    }

    [Fact]
    public async Task Text_formats_are_imported_with_their_own_times()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("m.om", "# TYPE up unknown\nup{service=\"a\"} 1 1767225600\nup{service=\"a\"} 0 1767225660\n# EOF\n");
        Assert.Contains("2 samples read, 1 series, 0 rejected", (await headroom.SucceedAsync("import", "openmetrics", "m.om")).Output);
        var export = await headroom.SucceedAsync("export", "openmetrics", "up");
        Assert.Equal("# TYPE up unknown\nup{service=\"a\"} 1 1767225600\nup{service=\"a\"} 0 1767225660\n# EOF\n", export.Output);
        var csv = await headroom.SucceedAsync("export", "csv");
        Assert.Equal("timestamp,metric,service,value\n2026-01-01T00:00:00Z,up,a,1\n2026-01-01T00:01:00Z,up,a,0\n", csv.Output);
    }

    [Fact]
    public async Task Two_imports_at_once_share_one_server_and_lose_nothing()
    {
        using var headroom = new HeadroomRun();
        foreach (int n in (int[])[1, 2, 3])
            headroom.Write($"m{n}.csv", "timestamp,value\n" + string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{1_700_000_000 + i},{i}\n")));
        await Task.WhenAll(((int[])[1, 2, 3]).Select(n => headroom.SucceedAsync("import", "csv", $"m{n}.csv")));
        var count = await headroom.SucceedAsync("query", "sum(count_over_time(m1[1d])) + sum(count_over_time(m2[1d])) + sum(count_over_time(m3[1d]))", "--at", "1700030000", "--output", "json");
        Assert.Equal("60000", count.Json.GetProperty("result")[0].GetProperty("value")[1].GetString());
    }

    [Fact]
    public async Task Promql_over_the_cloudwatch_data_agrees_with_a_plain_recomputation()
    {
        string[] files = Directory.GetFiles(Repository.CloudWatchData(), "*.csv");
        using var headroom = new HeadroomRun();
        await headroom.SucceedAsync(["import", "csv", .. files]);

        var queries = new List<string>();
        var expected = new List<double>();
        foreach (string file in files)
        {
            var samples = ReadFirstOfEachTime(file);
            string metric = Path.GetFileNameWithoutExtension(file);
            long last = samples[^1].Time;
            for (long at = last - (86_400 * 3); at <= last; at += 40_003)
            {
                foreach (var (function, compute) in Functions)
                {
                    // (at − 1 d, at]: open on the left, as PromQL's ranges are.
                    double[] window = [.. samples.Where(s => s.Time > at - 86_400 && s.Time <= at).Select(s => s.Value)];
                    queries.Add($$"""{"query":"{{string.Format(CultureInfo.InvariantCulture, function, metric + "[1d]")}}","time":{{at}}}""");
                    expected.Add(compute(window));
                }
            }
        }
        var batch = await headroom.RunWithInputAsync(string.Join('\n', queries), "query", "--batch", "-");
        Assert.Equal(0, batch.ExitCode);
        Assert.Equal(queries.Count, batch.Lines.Length);
        for (int i = 0; i < queries.Count; i++)
        {
            using var answer = JsonDocument.Parse(batch.Lines[i]);
            double actual = double.Parse(answer.RootElement.GetProperty("data").GetProperty("result")[0].GetProperty("value")[1].GetString()!, CultureInfo.InvariantCulture);
            Assert.True(Math.Abs(actual - expected[i]) <= 1e-9 * Math.Max(1, Math.Abs(expected[i])), $"{queries[i]}: {actual:R}, recomputed {expected[i]:R}");
        }
    }

    private static readonly (string Function, Func<double[], double> Compute)[] Functions =
    [
        ("avg_over_time({0})", v => v.Average()),
        ("min_over_time({0})", v => v.Min()),
        ("max_over_time({0})", v => v.Max()),
        ("sum_over_time({0})", v => v.Sum()),
        ("count_over_time({0})", v => v.Length),
        ("last_over_time({0})", v => v[^1]),
        ("stddev_over_time({0})", v => Math.Sqrt(v.Average(x => (x - v.Average()) * (x - v.Average())))),
        ("quantile_over_time(0.95, {0})", v => Interpolated(v, 0.95)),
    ];

    private static double Interpolated(double[] values, double q)
    {
        double[] sorted = [.. values.Order()];
        double rank = q * (sorted.Length - 1);
        int below = (int)Math.Floor(rank);
        return sorted[below] + ((sorted[Math.Min(below + 1, sorted.Length - 1)] - sorted[below]) * (rank - below));
    }

    // The store keeps the first of several values at one time, and says so.
    private static List<(long Time, double Value)> ReadFirstOfEachTime(string file) =>
    [
        .. File.ReadLines(file).Skip(1).Select(line => line.Split(','))
            .Select(f => (Time: DateTimeOffset.Parse(f[0], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal).ToUnixTimeSeconds(), Value: double.Parse(f[1], CultureInfo.InvariantCulture)))
            .DistinctBy(s => s.Time).OrderBy(s => s.Time),
    ];
}
