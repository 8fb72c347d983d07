using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Headroom.IngestLatency.Bench;

/// <summary>
/// Requests at a constant arrival rate, whether or not answers come: what a server makes one request wait shows in that
/// request and in those behind it. Latency counts from the instant a request was due, so neither a late sender nor a
/// stalled server can hide (coordinated omission).
/// </summary>
internal static class OpenModel
{
    public static async Task<OpenModelResult> RunAsync(Func<Task<bool>> send, double rate, double seconds)
    {
        int total = (int)(rate * seconds);
        double[] latencies = new double[total];
        double[] lateness = new double[total];
        int failed = 0;
        var inFlight = new Task[total];
        // A thread of its own paces: the pool may be busy with answers.
        var pacing = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            long start = Stopwatch.GetTimestamp() + (Stopwatch.Frequency / 100);
            for (int i = 0; i < total; i++)
            {
                long due = start + (long)(i / rate * Stopwatch.Frequency);
                while (Stopwatch.GetTimestamp() < due) Pause();
                lateness[i] = Stopwatch.GetElapsedTime(due).TotalSeconds;
                int index = i;
                inFlight[i] = Task.Run(() => OneAsync(index, due));
            }
            pacing.SetResult();
        }) { IsBackground = true }.Start();
        await pacing.Task;
        await Task.WhenAll(inFlight);
        Array.Sort(latencies);
        return new OpenModelResult(total, failed, lateness.Max(), latencies);

        async Task OneAsync(int index, long due)
        {
            bool fine = false;
            try
            {
                fine = await send();
            }
            catch (Exception error) when (error is HttpRequestException or TaskCanceledException)
            {
                // Counted below.
            }
            latencies[index] = Stopwatch.GetElapsedTime(due).TotalSeconds;
            if (!fine) Interlocked.Increment(ref failed);
        }
    }

    // Thread.Sleep counts in milliseconds, which is the whole interval at 1,000/s.
    private static void Pause()
    {
        var fifthOfAMillisecond = new TimeSpec { Nanoseconds = 200_000 };
        _ = NanoSleep(ref fifthOfAMillisecond, IntPtr.Zero);
    }

    [DllImport("libc", EntryPoint = "nanosleep")]
    private static extern int NanoSleep(ref TimeSpec request, IntPtr remaining);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}

/// <summary>What an <see cref="OpenModel"/> measured.</summary>
/// <param name="Sent">Requests sent.</param>
/// <param name="Failed">Of those, not answered with success.</param>
/// <param name="WorstLateness">Seconds the latest request was sent after it was due.</param>
/// <param name="Latencies">Seconds from due to answered, ascending.</param>
internal sealed record OpenModelResult(int Sent, int Failed, double WorstLateness, double[] Latencies)
{
    /// <summary>Nearest rank.</summary>
    public double Percentile(double percent) => Latencies[Math.Max(0, (int)Math.Ceiling(Latencies.Length * percent / 100) - 1)];
}
