using System.Collections.Concurrent;

namespace Headroom.Load.Transports.Managed;

/// <summary>What other threads leave for a worker, who waits for it until a time.</summary>
internal sealed class Mailbox(LoadClock clock) : IDisposable
{
    private readonly ConcurrentQueue<Exchange> _queue = new();
    private readonly ManualResetEventSlim _something = new(false, spinCount: 0);

    public void Put(Exchange exchange)
    {
        _queue.Enqueue(exchange);
        _something.Set();
    }

    public bool TryTake(out Exchange exchange) => _queue.TryDequeue(out exchange!);

    /// <summary>Waits until there is something or the time has come. The clock of such waits has milliseconds; the rest is yielded away.</summary>
    public void Wait(long until)
    {
        _something.Reset();
        while (_queue.IsEmpty)
        {
            long left = until - clock.Now;
            if (left <= 0) return;
            if (left < 2 * LoadClock.Millisecond) Thread.Yield();
            else _something.Wait((int)(left / LoadClock.Millisecond) - 1);
        }
    }

    public void Dispose() => _something.Dispose();
}
