using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Headroom.Shop.Latency;

/// <summary>
/// Delays to a fraction of a millisecond. <c>Task.Delay</c> counts whole clock ticks (1 ms at best, 15.6 ms on
/// Windows), which would put steps into every latency the shop shows. One thread looks at the earliest deadline
/// every 200 µs while anything waits, and sleeps while nothing does.
/// </summary>
internal sealed partial class PreciseDelay : IDisposable
{
    private const int TickNanoseconds = 200_000;

    private readonly PriorityQueue<TaskCompletionSource, long> _waiting = new();
    private readonly Lock _lock = new();
    private readonly AutoResetEvent _arrived = new(false);
    private volatile bool _stopping;

    public PreciseDelay() => new Thread(Run) { IsBackground = true, Name = "delays", Priority = ThreadPriority.AboveNormal }.Start();

    public async Task WaitAsync(double seconds, CancellationToken cancel)
    {
        if (!(seconds > 0)) return;
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        long due = Stopwatch.GetTimestamp() + (long)(seconds * Stopwatch.Frequency);
        bool wasEmpty;
        lock (_lock)
        {
            wasEmpty = _waiting.Count == 0;
            _waiting.Enqueue(waiter, due);
        }
        if (wasEmpty) _arrived.Set();
        // A cancelled waiter stays in the queue until it is due; completing it then does nothing.
        await using var _ = cancel.UnsafeRegister(static (state, token) => ((TaskCompletionSource)state!).TrySetCanceled(token), waiter);
        await waiter.Task;
    }

    public void Dispose()
    {
        _stopping = true;
        _arrived.Set();
    }

    private void Run()
    {
        while (!_stopping)
        {
            bool idle = true;
            lock (_lock)
            {
                long now = Stopwatch.GetTimestamp();
                while (_waiting.TryPeek(out var waiter, out long due))
                {
                    idle = false;
                    if (due > now) break;
                    _waiting.Dequeue();
                    waiter.TrySetResult();
                }
            }
            if (idle) _arrived.WaitOne();
            else Tick();
        }
    }

    private static void Tick()
    {
        if (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS())
        {
            var tick = new TimeSpec(0, TickNanoseconds);
            _ = NanoSleep(ref tick, 0);
        }
        else
        {
            Thread.Yield();
        }
    }

    [LibraryImport("libc", EntryPoint = "nanosleep")]
    private static partial int NanoSleep(ref TimeSpec wanted, nint remaining);

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct TimeSpec(nint seconds, nint nanoseconds)
    {
        private readonly nint _seconds = seconds;
        private readonly nint _nanoseconds = nanoseconds;
    }
}
