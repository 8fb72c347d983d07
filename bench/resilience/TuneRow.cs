using System.Diagnostics;
using Headroom.Resilience.Tuning;

namespace Headroom.Resilience.Bench;

/// <summary>How long tuning takes on a million recorded calls: a day at 12 calls a second, one in 500 fails.</summary>
internal static class TuneRow
{
    public static void Run()
    {
        const int calls = 1_000_000;
        var random = new Random(1);
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var history = new FailureHistory(Enumerable.Range(0, calls).Select(i =>
            new RecordedCall(at.AddMilliseconds(i * 86.4), random.Next(500) == 0 ? RecordedOutcome.Fail : RecordedOutcome.Ok, TimeSpan.FromMilliseconds(random.Next(5, 200)))));
        TimeSpan cpu = Process.GetCurrentProcess().TotalProcessorTime;
        long start = Stopwatch.GetTimestamp();
        TuningReport report = CircuitBreakerTuner.Tune(history);
        TimeSpan elapsed = Stopwatch.GetElapsedTime(start);
        cpu = Process.GetCurrentProcess().TotalProcessorTime - cpu;
        Console.WriteLine();
        Console.WriteLine($"tuning on {calls:N0} calls: {elapsed.TotalSeconds:0.0} s elapsed, {cpu.TotalSeconds:0.0} s of CPU, peak {Process.GetCurrentProcess().PeakWorkingSet64 / 1024 / 1024} MiB; {report.Reason}");
    }
}
