namespace Headroom.Metrics.Ingest.Sources;

/// <summary>
/// Does one thing over and over: first a little after the start, by an offset that its name decides, so that many sources
/// do not all begin at once, then every period from there. A run that takes longer than the period skips the
/// instants it missed; runs never overlap.
/// </summary>
internal sealed class CollectionLoop(string name, TimeSpan every, TimeProvider time, ISourceObserver observer, Func<long, CancellationToken, Task> collect)
{
    private static readonly TimeSpan LongestOffset = TimeSpan.FromSeconds(10);

    private bool _failing;

    /// <summary>How long after the start the first run is: less than the period, and less than 10 s.</summary>
    public TimeSpan Offset { get; } = OffsetOf(name, every);

    /// <summary>Runs until the token is cancelled; never throws.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        long period = (long)every.TotalMilliseconds;
        long next = Now + (long)Offset.TotalMilliseconds;
        try
        {
            while (true)
            {
                long wait = next - Now;
                if (wait > 0) await Task.Delay(TimeSpan.FromMilliseconds(wait), time, stop).ConfigureAwait(false);
                stop.ThrowIfCancellationRequested();
                await OnceAsync(next, stop).ConfigureAwait(false);
                next += period;
                if (Now > next) next += (Now - next + period - 1) / period * period;
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
        }
    }

    private long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    // What can fail in a source is told by it; what comes here is a store that takes nothing, or a mistake of ours, and
    // neither must end the loop.
    private async Task OnceAsync(long instant, CancellationToken stop)
    {
        try
        {
            await collect(instant, stop).ConfigureAwait(false);
            if (_failing) observer.Recovered(name);
            _failing = false;
        }
        catch (Exception error) when (error is not OperationCanceledException || !stop.IsCancellationRequested)
        {
            if (!_failing) observer.Failed(name, error.Message);
            _failing = true;
        }
    }

    private static TimeSpan OffsetOf(string name, TimeSpan every)
    {
        // FNV-1a: the same name has the same offset in every process.
        ulong hash = 14695981039346656037;
        foreach (char letter in name) hash = (hash ^ letter) * 1099511628211;
        double share = (hash >> 11) * (1.0 / (1L << 53));
        return (every < LongestOffset ? every : LongestOffset) * share;
    }
}
