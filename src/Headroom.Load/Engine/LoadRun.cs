using Headroom.Configuration.Diagnostics;
using Headroom.Load.Generator;
using Headroom.Load.Measurement;
using Headroom.Load.Plans;
using Headroom.Load.Results;
using Headroom.Load.Transports;
using Headroom.Load.Transports.Epoll;
using Headroom.Load.Transports.Managed;

namespace Headroom.Load.Engine;

/// <summary>Runs a plan on this machine.</summary>
public sealed class LoadRun(LoadPlan plan, LoadRunOptions options, TimeProvider time)
{
    private const int CollectGarbageEverySeconds = 5;

    private static readonly TimeSpan CollectEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>Runs the plan to its end, or until it is stopped.</summary>
    /// <param name="onProgress">Called once a second.</param>
    /// <param name="stop">Starts no more requests and waits for those under way; the result says that it was interrupted.</param>
    /// <exception cref="ProblemException">A host of the plan cannot be reached; nothing was sent.</exception>
    public async Task<LoadResult> RunAsync(Action<LoadProgress>? onProgress, CancellationToken stop)
    {
        // 1. Everything that can be wrong before a request is sent.
        var targets = await Preflight.CheckAsync(plan, time, stop);
        var program = new RunProgram(plan);

        // 2. Workers, each with its own thread and transport, on one clock.
        bool managed = options.ManagedTransport || plan.Http2 || !OperatingSystem.IsLinux();
        int threads = managed ? 1 : options.Threads ?? DefaultThreads();
        var transportOptions = new TransportOptions { Targets = targets, InsecureSkipTlsVerify = plan.InsecureSkipTlsVerify };
        if (!managed) Priming.Run(time);
        // What the preparation left behind is not collected in the middle of a measurement.
        GC.Collect();
        var gc = new GcWatch();
        var startedAt = time.GetUtcNow();
        var clock = new LoadClock(time);
        var context = new RunContext(program, clock, time, threads);
        var transports = new ITransport[threads];
        try
        {
            for (int i = 0; i < threads; i++) transports[i] = managed ? new ManagedTransport(clock, transportOptions, plan.Http2) : new EpollTransport(clock, transportOptions);
            var workers = transports.Select((t, i) => new LoadWorker(context, t, i)).ToArray();
            int?[] processors = managed ? [null] : Processors(threads);
            var running = workers.Select((w, i) => new Thread(() => w.Run(processors[i])) { Name = $"load {i}", IsBackground = true }).ToArray();
            foreach (var thread in running) thread.Start();

            // 3. Seconds are collected while it runs; thresholds may end it.
            var collector = new Collector(context);
            var (interrupted, abortedBy) = await CollectAsync(context, collector, gc, onProgress, stop);
            foreach (var thread in running) thread.Join();
            double elapsed = workers.Max(w => w.EndedAt) / 1e9;
            if (workers.Select(w => w.Failure).OfType<Exception>().FirstOrDefault() is { } failure) throw new InvalidOperationException($"the load generator failed: {failure.Message}", failure);

            // 4. The result.
            double seconds = Math.Max(0, elapsed - plan.WarmUp.TotalSeconds);
            var report = Report(collector, gc, threads, managed, elapsed);
            var notes = Notes(collector.Total);
            return new ResultBuilder(program, collector.Total, collector.Slots, seconds).Build(collector.Thresholds, report, transports[0].Name, startedAt, interrupted, abortedBy, notes);
        }
        finally
        {
            foreach (var transport in transports) transport?.Dispose();
        }
    }

    private async Task<(bool Interrupted, string? AbortedBy)> CollectAsync(RunContext context, Collector collector, GcWatch gc, Action<LoadProgress>? onProgress, CancellationToken stop)
    {
        string? abortedBy = null;
        bool interrupted = false;
        double warmUp = plan.WarmUp.TotalSeconds;
        using var timer = new PeriodicTimer(CollectEvery, time);
        while (!collector.IsDone)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
            collector.Drain((second, measured, active) =>
            {
                gc.Look();
                onProgress?.Invoke(Progress(second, measured, collector.Total, active, warmUp));
                // Collecting the little that a second leaves costs a fraction of a millisecond; left to itself the runtime lets tens of megabytes
                // pile up first, and a long run would look as if it leaked.
                if (second % CollectGarbageEverySeconds == CollectGarbageEverySeconds - 1) GC.Collect(0, GCCollectionMode.Forced, blocking: true);
            });
            if (stop.IsCancellationRequested && !interrupted)
            {
                interrupted = true;
                context.Stop(options.Drain);
            }
            if (abortedBy is null && !interrupted && context.Clock.Now / 1e9 - warmUp is > 0 and var seconds && collector.Aborting(seconds) is { } broken)
            {
                abortedBy = $"{broken.Selector}: {broken.Text}";
                context.Stop(TimeSpan.Zero);
            }
        }
        return (interrupted, abortedBy);
    }

    private static LoadProgress Progress(long second, Measured measured, Measured total, int active, double warmUp)
    {
        var times = measured.Times(service: false, static _ => true, static _ => true);
        return new LoadProgress(TimeSpan.FromSeconds(second + 1), second < warmUp,
            measured.Count(static _ => true, OutcomeCode.IsAnswer), measured.Count(static _ => true, OutcomeCode.IsFailure),
            times.Quantile(0.5) * 1000, times.Quantile(0.95) * 1000, times.Quantile(0.99) * 1000, measured.Lag.Count == 0 ? 0 : measured.Lag.Quantile(0.99) * 1000, active,
            total.Count(static _ => true, OutcomeCode.IsAnswer), total.Count(static _ => true, OutcomeCode.IsFailure));
    }

    private static GeneratorReport Report(Collector collector, GcWatch gc, int threads, bool managed, double elapsed)
    {
        var total = collector.Total;
        double cpu = managed ? 100 * gc.ProcessCpu.TotalSeconds / Math.Max(1e-9, elapsed * Environment.ProcessorCount) : collector.CpuPercent;
        return new GeneratorReport(Math.Round(cpu, 1), total.Lag.Count == 0 ? 0 : Math.Round(total.Lag.Quantile(0.99) * 1000, 4), total.Lag.Count == 0 ? 0 : Math.Round(total.Lag.Max * 1000, 4),
            total.Dropped, total.ArrivalsDue, Math.Round(gc.PauseMs, 3), Math.Round(gc.LongestMs, 3), Errors(total, ErrorClass.Ports), Errors(total, ErrorClass.Files), threads, total.ConnectionsOpened);
    }

    private static List<string> Notes(Measured total)
    {
        var notes = new List<string>();
        if (Errors(total, ErrorClass.Unanswered) is > 0 and var unanswered) notes.Add($"{unanswered:N0} requests were under way at the end; their age counts as their time");
        if (Errors(total, ErrorClass.Redirect) is > 0 and var redirects) notes.Add($"{redirects:N0} redirects led to hosts that the plan does not name, or went on too long, and were not followed");
        return notes;
    }

    private static long Errors(Measured total, ErrorClass error) => total.Count(static _ => true, code => OutcomeCode.ErrorOf(code) == error);

    // Half the cores are left to a system under test on the same machine, and to the kernel's network.
    private static int DefaultThreads() => Math.Max(1, Environment.ProcessorCount / 2);

    // The last processors: interrupts and unpinned programs are more often on the first.
    private int?[] Processors(int threads)
    {
        int[] allowed = Native.AllowedProcessors();
        var chosen = new int?[threads];
        if (options.Pin && allowed.Length >= threads)
            for (int i = 0; i < threads; i++)
                chosen[i] = allowed[allowed.Length - 1 - i];
        return chosen;
    }
}
