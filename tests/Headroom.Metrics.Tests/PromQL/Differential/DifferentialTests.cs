using System.Globalization;
using System.Text;
using System.Text.Json;
using Headroom.Metrics.PromQL;

namespace Headroom.Metrics.Tests.PromQL.Differential;

/// <summary>
/// The same queries over the same data to a real Prometheus. Debian's is 2.42; what differs from 3 by design is kept out
/// by the data and the generator (docs/promql.md lists it).
/// </summary>
public sealed class DifferentialTests
{
    private const int Seed = 20260101;

    [Fact]
    public void Generated_queries_agree_with_a_real_Prometheus()
    {
        if (PrometheusServer.Missing() is { } missing) Assert.Skip($"{missing}: install Prometheus to compare with it");
        int queries = Environment.GetEnvironmentVariable("HEADROOM_LONG") == "1" ? 3000 : 300;
        if (int.TryParse(Environment.GetEnvironmentVariable("HEADROOM_PROMQL_QUERIES"), out int asked)) queries = asked;
        int seed = int.TryParse(Environment.GetEnvironmentVariable("HEADROOM_PROMQL_SEED"), out int given) ? given : Seed;
        var data = DataSet.Make(seed);
        using var server = PrometheusServer.Start(data, PrometheusServer.FreePort());
        var engine = new PromqlEngine(DataSet.ToSource(data), new PromqlOptions { Features = PromqlFeatures.ExperimentalFunctions });
        var random = new Random(seed);
        var generator = new QueryGenerator(random);
        var problems = new StringBuilder();
        int answered = 0, different = 0;
        for (int i = 0; i < queries; i++)
        {
            string query = generator.Next();
            long start = DataSet.Start + (random.Next(600, 6000) * 1000L) + 13_100;
            bool range = random.Next(2) == 0;
            long step = range ? random.Next(1, 20) * 15_000L : 0, end = start + (step * random.Next(0, 20));
            var (theirs, error) = server.Query(query, start, end, step);
            string? problem = null;
            try
            {
                string ours3 = query.Replace("holt_winters", "double_exponential_smoothing", StringComparison.Ordinal);
                var result = range ? engine.Range(ours3, start, end, step, TestContext.Current.CancellationToken) : engine.Instant(ours3, start, TestContext.Current.CancellationToken);
                var ours = Json(result);
                if (theirs is null) problem = $"they fail: {error}";
                else problem = Compare(theirs.Value, ours, query.StartsWith("sort", StringComparison.Ordinal));
                answered++;
            }
            catch (PromqlException e)
            {
                if (theirs is not null) problem = $"we fail: {e.Message}";
            }
            if (problem is null) continue;
            different++;
            if (different <= 20) problems.Append(CultureInfo.InvariantCulture, $"{generator.Describe(seed, i)}: {query}\n  at {start} to {end} step {step}\n  {problem}\n");
        }
        Assert.True(different == 0, $"\n{different} of {queries} differ\n{problems}");
        Assert.True(answered > queries / 2, $"only {answered} of {queries} queries had an answer");
    }

    private static JsonElement Json(QueryResult result)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream)) PrometheusJson.WriteData(writer, result);
        return JsonDocument.Parse(stream.ToArray()).RootElement;
    }

    private static string? Compare(JsonElement theirs, JsonElement ours, bool ordered)
    {
        string type = theirs.GetProperty("resultType").GetString()!;
        if (type != ours.GetProperty("resultType").GetString()) return $"type {type} against {ours.GetProperty("resultType")}";
        var (a, b) = (theirs.GetProperty("result"), ours.GetProperty("result"));
        if (type == "scalar") return ComparePair(a, b);
        string Key(JsonElement e) => string.Join(",", e.GetProperty("metric").EnumerateObject().OrderBy(p => p.Name, StringComparer.Ordinal).Select(p => $"{p.Name}={p.Value}"));
        var left = a.EnumerateArray().ToList();
        var right = b.EnumerateArray().ToList();
        if (!ordered)
        {
            left = [.. left.OrderBy(Key, StringComparer.Ordinal)];
            right = [.. right.OrderBy(Key, StringComparer.Ordinal)];
        }
        if (left.Count != right.Count || !left.Select(Key).SequenceEqual(right.Select(Key)))
            return $"series differ: {left.Count} theirs, {right.Count} ours; only theirs: {string.Join(" | ", left.Select(Key).Except(right.Select(Key)).Take(3))}; only ours: {string.Join(" | ", right.Select(Key).Except(left.Select(Key)).Take(3))}";
        for (int i = 0; i < left.Count; i++)
        {
            if (type == "vector")
            {
                if (ComparePair(left[i].GetProperty("value"), right[i].GetProperty("value")) is { } problem) return $"{Key(left[i])}: {problem}";
                continue;
            }
            var (x, y) = (left[i].GetProperty("values").EnumerateArray().ToList(), right[i].GetProperty("values").EnumerateArray().ToList());
            if (x.Count != y.Count) return $"{Key(left[i])}: {x.Count} points theirs, {y.Count} ours";
            for (int k = 0; k < x.Count; k++)
                if (ComparePair(x[k], y[k]) is { } problem) return $"{Key(left[i])}: point {k}: {problem}";
        }
        return null;
    }

    private static string? ComparePair(JsonElement a, JsonElement b)
    {
        if (a[0].GetDouble() != b[0].GetDouble()) return $"time {a[0]} against {b[0]}";
        double x = Number(a[1].GetString()!), y = Number(b[1].GetString()!);
        if (double.IsNaN(x) && double.IsNaN(y)) return null;
        // Below 1e-6 what is left of a difference of two large numbers is rounding.
        return x == y || Math.Abs(x - y) <= 1e-9 * Math.Max(Math.Abs(x), Math.Abs(y)) || Math.Abs(x - y) < 1e-9 ? null : $"{a[1]} against {b[1]}";
    }

    private static double Number(string text) => text switch
    {
        "+Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        _ => double.Parse(text, CultureInfo.InvariantCulture),
    };
}
