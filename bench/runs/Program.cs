using System.Diagnostics;
using System.Globalization;
using Headroom.Durable;
using Headroom.Runs;
using Headroom.Runs.Tests.Scheduling;

// What a run costs, and how good its schedule is. Usage: Headroom.Runs.Bench [steps] [directory]
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
int steps = args.Length > 0 ? int.Parse(args[0]) : 100_000;
string directory = args.Length > 1 ? args[1] : Path.Combine(Path.GetTempPath(), "headroom-bench-runs");
Directory.CreateDirectory(directory);

Console.WriteLine($"fdatasync of 4 KiB in {directory}: {Sync(directory):f2} ms (mean of 200)");
for (int round = 1; round <= 3; round++)
{
    Simulated(steps);
    await Journaled(steps, directory);
}
Makespans();

static double Sync(string directory)
{
    string path = Path.Combine(directory, "sync.tmp");
    using (var file = DiskFileLayer.Instance.Create(path))
    {
        var block = new byte[4096];
        long started = Stopwatch.GetTimestamp();
        for (int i = 0; i < 200; i++)
        {
            file.Write(block, i * 4096L);
            file.Sync();
        }
        double each = Stopwatch.GetElapsedTime(started).TotalMilliseconds / 200;
        file.Dispose();
        File.Delete(path);
        return each;
    }
}

static RunPlan Independent(int steps) => new()
{
    Name = "bench",
    Limits = new Dictionary<string, LimitSpec> { [RunPlan.WorkersLimit] = LimitSpec.Slots(1000) },
    Steps = [.. Enumerable.Range(0, steps).Select(i => new StepSpec { Id = $"s{i}", Action = "nothing" })],
};

static void Simulated(int steps)
{
    var plan = PreparedPlan.From(Independent(steps));
    GC.Collect();
    var cpu = Environment.CpuUsage.TotalTime;
    long started = Stopwatch.GetTimestamp();
    Rehearsal.Run(plan);
    var took = Stopwatch.GetElapsedTime(started);
    Console.WriteLine($"simulated clock: {steps / took.TotalSeconds:n0} steps/s, {(Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / steps:f2} us CPU a step");
}

static async Task Journaled(int steps, string directory)
{
    string data = Path.Combine(directory, "data");
    if (Directory.Exists(data)) Directory.Delete(data, recursive: true);
    var catalog = new RunCatalog(data, TimeProvider.System, new Random(1));
    string run = await catalog.CreateAsync(Independent(steps), new RunStart());
    await using var session = catalog.Open(run);
    var options = new RunOptions { Actions = new Dictionary<string, IStepAction> { ["nothing"] = new Nothing() } };
    GC.Collect();
    var cpu = Environment.CpuUsage.TotalTime;
    long allocated = GC.GetTotalAllocatedBytes();
    long started = Stopwatch.GetTimestamp();
    var report = await session.ExecuteAsync(options);
    var took = Stopwatch.GetElapsedTime(started);
    if (report.Result != RunResult.Succeeded) throw new InvalidOperationException($"the run ended {report}");
    Console.WriteLine($"journal, fsync by group commit: {steps / took.TotalSeconds:n0} steps/s, {(Environment.CpuUsage.TotalTime - cpu).TotalMicroseconds / steps:f2} us CPU and {(GC.GetTotalAllocatedBytes() - allocated) / steps} bytes allocated a step");
}

static void Makespans()
{
    Console.WriteLine("1,000 services, 10 steps each; mean and worst of 10 seeds, makespan / lower bound");
    foreach (var (layers, bake, workers) in ((int, int, int)[])[(4, 300, 32), (4, 300, 64), (4, 120, 64), (8, 300, 32), (8, 300, 64), (8, 300, 256), (8, 120, 32), (2, 60, 256)])
    {
        foreach (double sigma in (double[])[0, 0.6])
        {
            var results = Enumerable.Range(1, 10).Select(seed =>
            {
                var (plan, times) = MovingPlans.Create(seed, 1000, layers, bake, workers, sigma);
                return Rehearsal.Run(plan, step => times[step]);
            }).ToList();
            Console.WriteLine($"  {layers} layers, bake {bake} s, {workers} workers, estimate error {sigma}: {results.Average(r => r.RatioToBound):f3}, {results.Max(r => r.RatioToBound):f3}; bound {results.Average(r => r.LowerBound.Time.TotalMinutes):f1} min by {string.Join(", ", results.GroupBy(r => r.LowerBound.Binding).Select(g => $"{g.Key} {g.Count()} times, at most {g.Max(r => r.RatioToBound):f3}"))}");
        }
    }
}

internal sealed class Nothing : IStepAction
{
    public ValueTask<StepResult> ActAsync(StepContext step, CancellationToken cancel) => ValueTask.FromResult(StepResult.Done());
}
