using System.Threading.RateLimiting;

namespace Headroom.Resilience.RateLimiting;

/// <content>The queue: who waits, in which order they are served, and what wakes them.</content>
public sealed partial class RateBudget
{
    // A timer comes up to this late. Where a permit that is not handed out within it would overflow the bucket and be
    // lost (a burst of one, or thousands of permits per millisecond), the last stretch is spun instead: the long-run rate
    // holds and the burst is still never exceeded. Chosen with bench/resilience, table "small bursts".
    private static readonly TimeSpan s_timerLateness = TimeSpan.FromMilliseconds(2);

    private const int MaxFreeWaiters = 1024;

    private Waiter? _head;
    private Waiter? _tail;
    private Waiter? _completedHead;
    private Waiter? _completedTail;
    private Waiter? _free;
    private int _freeCount;
    private int _queuedPermits;
    private int _queuedCallers;
    private ITimer? _timer;
    private Pump? _pump;
    private bool _armed;
    private bool _pumping;

    internal int QueuedCallers
    {
        get { lock (_lock) return _queuedCallers; }
    }

    private Waiter Enqueue(int permits, long now)
    {
        Waiter waiter = _free ?? new Waiter(this);
        if (_free is not null)
        {
            _free = waiter.Next;
            _freeCount--;
        }

        waiter.Prepare(permits, now, _tail);
        if (_tail is null) _head = waiter;
        else _tail.Next = waiter;
        _tail = waiter;
        _queuedPermits += permits;
        _queuedCallers++;
        if (_head == waiter) Wake(now);
        return waiter;
    }

    private void DrainQueue(long now)
    {
        if (_head is null) return;
        long available = Available(now);
        while (_head is { } waiter && available >= Math.Max(waiter.Permits, 1))
        {
            Spend(waiter.Permits);
            available -= waiter.Permits;
            Finish(waiter, GrantedLease.Instance);
        }
    }

    private void RefuseImpossible(long now)
    {
        int most = _buckets.Min(bucket => bucket.Bound.Burst);
        for (Waiter? waiter = _head; waiter is not null;)
        {
            Waiter? next = waiter.Next;
            if (waiter.Permits > most) Finish(waiter, Refuse(waiter.Permits, now, RefusedLease.AboveBurst));
            waiter = next;
        }
    }

    // Takes a waiter out of the queue; its owner is told outside the lock, in the order of leaving.
    private void Finish(Waiter waiter, RateLimitLease? lease)
    {
        Unlink(waiter);
        waiter.Outcome = lease;
        waiter.Next = null;
        if (_completedTail is null) _completedHead = waiter;
        else _completedTail.Next = waiter;
        _completedTail = waiter;
    }

    private void Unlink(Waiter waiter)
    {
        if (waiter.Previous is null) _head = waiter.Next;
        else waiter.Previous.Next = waiter.Next;
        if (waiter.Next is null) _tail = waiter.Previous;
        else waiter.Next.Previous = waiter.Previous;
        waiter.Previous = null;
        waiter.Queued = false;
        _queuedPermits -= waiter.Permits;
        _queuedCallers--;
    }

    private Waiter? TakeCompleted()
    {
        Waiter? first = _completedHead;
        _completedHead = _completedTail = null;
        return first;
    }

    private void Complete(Waiter? waiter)
    {
        if (waiter is null) return;
        long now = _time.GetTimestamp();
        while (waiter is not null)
        {
            // The next link is read first: completing hands the waiter to its owner, who may return it to the pool.
            Waiter? next = waiter.Next;
            RateLimitLease? lease = waiter.Outcome;
            if (lease is { IsAcquired: true })
            {
                _metrics.Granted(waiter.Permits);
                _metrics.Waited(_time.GetElapsedTime(waiter.Since, now));
            }
            else if (lease is not null)
            {
                _metrics.Refused();
            }

            waiter.Complete(lease);
            waiter = next;
        }
    }

    // Sees to it that somebody looks again when the head's permits are due. A pump already running sees to itself.
    private void Wake(long now)
    {
        if (_head is null || _armed || _pumping) return;
        if (!WaitForHead(now, out TimeSpan due))
        {
            _pumping = true;
            _pump ??= new Pump(this);
            ThreadPool.UnsafeQueueUserWorkItem(_pump, preferLocal: false);
            return;
        }

        _timer ??= CreateTimer();
        _armed = true;
        _timer.Change(due, Timeout.InfiniteTimeSpan);
    }

    // The head may be due earlier than the timer says: it left, or the rate rose.
    private void WakeAgain(long now)
    {
        _armed = false;
        Wake(now);
    }

    // How long a timer should wait for the head, or false when the wait is too short for one.
    private bool WaitForHead(long now, out TimeSpan due)
    {
        TokenBucket binding = _buckets[0];
        long ticks = 0;
        foreach (TokenBucket bucket in _buckets)
        {
            long until = bucket.TicksUntil(Math.Max(_head!.Permits, 1), now);
            if (until < ticks) continue;
            ticks = until;
            binding = bucket;
        }

        due = ToTimeSpan(ticks);
        if (due > TimeSpan.FromDays(1)) due = TimeSpan.FromDays(1);
        // A clock that is not the machine's own has timers of its own precision, and does not move while we spin.
        if (_time != TimeProvider.System) return true;

        TimeSpan slack = ToTimeSpan(binding.TicksUntil(binding.Bound.Burst, now)) - due;
        if (slack < s_timerLateness)
        {
            if (due <= s_timerLateness) return false;
            due -= s_timerLateness;
        }

        // The system's timer truncates to milliseconds; rounding up keeps it from firing in vain again and again.
        due = TimeSpan.FromMilliseconds(Math.Ceiling(due.TotalMilliseconds));
        return true;
    }

    private ITimer CreateTimer()
    {
        // The timer outlives the call that first waited and must not keep that call's ambient values alive.
        if (ExecutionContext.IsFlowSuppressed()) return New();
        using (ExecutionContext.SuppressFlow()) return New();

        ITimer New() => _time.CreateTimer(static state => ((RateBudget)state!).OnTimer(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    private void OnTimer()
    {
        long now = _time.GetTimestamp();
        Waiter? done;
        lock (_lock)
        {
            _armed = false;
            if (_disposed) return;
            DrainQueue(now);
            done = TakeCompleted();
            Wake(now);
        }

        Complete(done);
    }

    private void RunPump()
    {
        var spin = new SpinWait();
        while (true)
        {
            long now = _time.GetTimestamp();
            Waiter? done;
            bool again;
            lock (_lock)
            {
                DrainQueue(now);
                done = TakeCompleted();
                again = _head is not null && !_disposed && !WaitForHead(now, out _);
                if (!again)
                {
                    _pumping = false;
                    if (!_disposed) Wake(now);
                }
            }

            Complete(done);
            if (!again) return;
            // Yields to whoever else wants the core, and never sleeps: a sleep would be as late as a timer.
            spin.SpinOnce(sleep1Threshold: -1);
        }
    }

    private void Recycle(Waiter waiter)
    {
        lock (_lock)
        {
            if (_freeCount >= MaxFreeWaiters) return;
            waiter.Next = _free;
            _free = waiter;
            _freeCount++;
        }
    }

    private void Cancel(Waiter waiter)
    {
        Waiter? done;
        lock (_lock)
        {
            if (!waiter.Queued) return;
            bool first = _head == waiter;
            Finish(waiter, null);
            // The one behind may be small enough for what is already there.
            if (first)
            {
                long now = _time.GetTimestamp();
                DrainQueue(now);
                WakeAgain(now);
            }

            done = TakeCompleted();
        }

        Complete(done);
    }

    /// <summary>Serves the queue from the thread pool where a timer is too coarse.</summary>
    private sealed class Pump(RateBudget budget) : IThreadPoolWorkItem
    {
        public void Execute() => budget.RunPump();
    }
}
