using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Headroom.Metrics;
using Headroom.Metrics.Prometheus;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.Storage;

namespace Headroom.Query.Bench;

/// <summary>
/// <c>load DIR</c> fills an embedded store; <c>load URL</c> a Prometheus-compatible server by remote write;
/// <c>run URL PID</c> times every query shape over HTTP with the CPU seconds of the server's process; <c>profile DIR</c>
/// times them in this process with their allocations; <c>compare FILE…</c> prints what <c>run</c> wrote side by side.
/// </summary>
internal static class Program
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static async Task<int> Main(string[] args)
    {
        switch (args)
        {
            case ["load", var target, .. var rest]:
                await LoadAsync(target, rest is [var series] ? int.Parse(series, Invariant) : 1000);
                return 0;
            case ["run", var url, var pid, var repeat]:
                await RunAsync(new Uri(url), int.Parse(pid, Invariant), int.Parse(repeat, Invariant));
                return 0;
            case ["profile", var directory, .. var rest]:
                Profile(directory, rest);
                return 0;
            case ["compare", .. var files]:
                Compare(files);
                return 0;
            default:
                Console.Error.WriteLine("usage: load DIR|URL [SERIES] | run URL PID REPEAT | profile DIR [PART-OF-NAME | --expression E] | compare FILE…");
                return 2;
        }
    }

    private static async Task LoadAsync(string target, int series)
    {
        string own = target.StartsWith("http", StringComparison.Ordinal) ? Directory.CreateTempSubdirectory("headroom-bench-").FullName : target;
        await using var store = Open(own);
        long samples = 0, refused = 0;
        if (own == target)
        {
            foreach (var request in new Workload(series).Requests()) Count(await store.AppendAsync(request), request);
            await store.FlushAsync();
            await store.CompactAsync(all: true);
        }
        else
        {
            await using var cluster = await PrometheusBackend.ConnectAsync(PrometheusSettings.At(new Uri(target)) with { Instance = "bench" }, store, null, new BenchClock(Workload.End - (7 * Workload.Day)), new Random(1));
            foreach (var request in new Workload(series).Requests())
            {
                if (!cluster.Capabilities.NativeHistograms) request.Histograms.Clear();
                Count(await cluster.AppendAsync(request, CancellationToken.None), request);
            }
        }
        if (own != target) Directory.Delete(own, recursive: true);
        Console.Error.WriteLine($"{samples} samples, {refused} refused");

        void Count(WriteOutcome outcome, WriteRequest request)
        {
            samples += request.Count;
            refused += outcome.Rejected;
            if (outcome.Rejected > 0 && refused == outcome.Rejected) Console.Error.WriteLine(outcome.Rejections[0]);
        }
    }

    private static EmbeddedStore Open(string directory) => EmbeddedStore.Open(new EmbeddedStoreOptions { Directory = directory, TimeProvider = new BenchClock(Workload.End + 60_000), OutOfOrderWindow = TimeSpan.FromDays(8) });

    private static async Task RunAsync(Uri url, int pid, int repeat)
    {
        using var client = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromMinutes(10) };
        // What is timed is evaluation, not a cache of answers.
        client.DefaultRequestHeaders.Add("Cache-Control", "no-cache");
        foreach (var shape in Shape.All)
        {
            var walls = new List<double>();
            var cpus = new List<double>();
            long bytes = 0;
            string problem = "";
            for (int i = 0; i <= repeat && problem.Length == 0; i++)
            {
                double cpu = CpuSeconds(pid);
                long started = Stopwatch.GetTimestamp();
                using var response = await client.PostAsync(new Uri(shape.RangeMs == 0 ? "/api/v1/query" : "/api/v1/query_range", UriKind.Relative), new FormUrlEncodedContent(Form(shape)));
                bytes = (await response.Content.ReadAsByteArrayAsync()).LongLength;
                if (!response.IsSuccessStatusCode || bytes < 200) problem = $"{(int)response.StatusCode}";
                double wall = Stopwatch.GetElapsedTime(started).TotalSeconds;
                // The first run fills caches and compiles; of what takes long that is a small part.
                if (i == 0 && repeat > 0 && wall < 20) continue;
                walls.Add(wall);
                cpus.Add(CpuSeconds(pid) - cpu);
                if (i == 0) break;
            }
            Console.WriteLine(problem.Length > 0
                ? JsonSerializer.Serialize(new Measured(shape.Name, double.NaN, double.NaN, 0), Json)
                : JsonSerializer.Serialize(new Measured(shape.Name, walls.Min(), cpus.Average(), bytes), Json));
        }
    }

    private static readonly JsonSerializerOptions Json = new() { NumberHandling = System.Text.Json.Serialization.JsonNumberHandling.AllowNamedFloatingPointLiterals };

    private sealed record Measured(string Name, double Wall, double Cpu, long Bytes);

    private static Dictionary<string, string> Form(Shape shape) => shape.RangeMs == 0
        ? new() { ["query"] = shape.Expression, ["time"] = Seconds(Workload.End) }
        : new() { ["query"] = shape.Expression, ["start"] = Seconds(Workload.End - shape.RangeMs), ["end"] = Seconds(Workload.End), ["step"] = Seconds(shape.StepMs), ["nocache"] = "1" };

    private static string Seconds(long milliseconds) => (milliseconds / 1000).ToString(Invariant);

    // Clock ticks of user and system time, all threads.
    private static double CpuSeconds(int pid)
    {
        string stat = File.ReadAllText($"/proc/{pid}/stat");
        string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
        return (double.Parse(fields[11], Invariant) + double.Parse(fields[12], Invariant)) / 100;
    }

    private static void Profile(string directory, string[] part)
    {
        var store = Open(directory);
        var engine = new PromqlEngine(store);
        var shapes = part is ["--expression", var asked] ? [new Shape(asked, asked, Workload.Day, 60_000)] : Shape.All;
        foreach (var shape in shapes)
        {
            if (part is [var only] && !shape.Name.Contains(only, StringComparison.Ordinal)) continue;
            double best = double.MaxValue;
            long allocated = 0;
            QueryResult? result = null;
            for (int i = 0; i < 4; i++)
            {
                long before = GC.GetTotalAllocatedBytes();
                using var process = Process.GetCurrentProcess();
                var cpu = process.TotalProcessorTime;
                result = shape.RangeMs == 0 ? engine.Instant(shape.Expression, Workload.End) : engine.Range(shape.Expression, Workload.End - shape.RangeMs, Workload.End, shape.StepMs);
                process.Refresh();
                best = Math.Min(best, (process.TotalProcessorTime - cpu).TotalMilliseconds);
                allocated = GC.GetTotalAllocatedBytes() - before;
            }
            using var sink = new MemoryStream();
            long started = Stopwatch.GetTimestamp();
            using (var json = new Utf8JsonWriter(sink)) PrometheusJson.WriteData(json, result!);
            Console.WriteLine(string.Create(Invariant, $"{shape.Name,-50} {best,8:0} ms CPU {allocated / 1e6,8:0.0} MB, {result!.Statistics!.SamplesRead / 1e6,6:0.00} M samples, JSON {Stopwatch.GetElapsedTime(started).TotalMilliseconds,6:0} ms {sink.Length / 1e6:0.0} MB"));
        }
        foreach (string metric in (string[])["bench_temperature", "bench_latency_seconds"]) ReadAlone(store, metric);
    }

    private static void ReadAlone(EmbeddedStore store, string metric)
    {
        long reading = Stopwatch.GetTimestamp(), allocated = GC.GetTotalAllocatedBytes();
        var buffer = new SampleBuffer();
        long read = 0;
        foreach (var series in store.Select([new LabelMatcher(MatchKind.Equal, Labels.MetricName, metric)], 0, long.MaxValue / 4))
        {
            buffer.Clear();
            series.Read(0, long.MaxValue / 4, buffer);
            read += buffer.Count;
        }
        Console.WriteLine(string.Create(Invariant, $"reading {read} samples of {metric} alone: {Stopwatch.GetElapsedTime(reading).TotalMilliseconds:0} ms, {(GC.GetTotalAllocatedBytes() - allocated) / 1e6:0} MB"));
    }

    private static void Compare(string[] files)
    {
        var all = files.Select(f => (Name: Path.GetFileNameWithoutExtension(f), Rows: File.ReadAllLines(f).Select(l => JsonSerializer.Deserialize<Measured>(l, Json)!).ToDictionary(m => m.Name))).ToArray();
        Console.WriteLine($"| query | {string.Join(" | ", all.Select(a => $"{a.Name} CPU ms (wall)"))} | {string.Join(" | ", all.Skip(1).Select(a => $"{a.Name} / {all[0].Name}, CPU (wall)"))} |");
        Console.WriteLine($"|---|{string.Concat(Enumerable.Repeat("---|", (2 * all.Length) - 1))}");
        foreach (var shape in Shape.All)
        {
            var rows = all.Select(a => a.Rows[shape.Name]).ToArray();
            string cells = string.Join(" | ", rows.Select(r => double.IsNaN(r.Cpu) ? "–" : string.Create(Invariant, $"{r.Cpu * 1000:0} ({r.Wall * 1000:0})")));
            string ratios = string.Join(" | ", rows.Skip(1).Select(r => double.IsNaN(r.Cpu) ? "–" : string.Create(Invariant, $"{r.Cpu / rows[0].Cpu:0.0} ({r.Wall / rows[0].Wall:0.0})")));
            Console.WriteLine($"| {shape.Name} | {cells} | {ratios} |");
        }
    }

    /// <summary>
    /// A clock that stands still: after the data for a store, which refuses what lies ahead of it; before the data for a
    /// cluster, which refuses what lies far behind the sample that the connection is probed with.
    /// </summary>
    private sealed class BenchClock(long now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(now);
    }
}
