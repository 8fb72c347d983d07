using System.Threading.RateLimiting;
using System.Threading.Tasks.Sources;

namespace Headroom.Resilience.RateLimiting;

/// <content>A caller that waits.</content>
public sealed partial class RateBudget
{
    /// <summary>One caller that waits; pooled, so that waiting allocates nothing in the long run.</summary>
    private sealed class Waiter : IValueTaskSource<RateLimitLease>
    {
        private readonly RateBudget _budget;
        private ManualResetValueTaskSourceCore<RateLimitLease> _source;
        private CancellationTokenRegistration _registration;
        private CancellationToken _cancellation;

        internal Waiter(RateBudget budget)
        {
            _budget = budget;
            _source.RunContinuationsAsynchronously = true;
        }

        internal Waiter? Next { get; set; }

        internal Waiter? Previous { get; set; }

        internal int Permits { get; private set; }

        internal long Since { get; private set; }

        internal bool Queued { get; set; }

        internal RateLimitLease? Outcome { get; set; }

        internal void Prepare(int permits, long now, Waiter? previous)
        {
            Permits = permits;
            Since = now;
            Previous = previous;
            Next = null;
            Queued = true;
        }

        internal ValueTask<RateLimitLease> Start(CancellationToken cancellation)
        {
            var task = new ValueTask<RateLimitLease>(this, _source.Version);
            _cancellation = cancellation;
            // Outside the lock: an already cancelled token calls back at once, and the callback takes the lock.
            if (cancellation.CanBeCanceled)
            {
                _registration = cancellation.UnsafeRegister(
                    static state => ((Waiter)state!)._budget.Cancel((Waiter)state), this);
            }

            return task;
        }

        internal void Complete(RateLimitLease? lease)
        {
            if (lease is not null) _source.SetResult(lease);
            else _source.SetException(new OperationCanceledException(_cancellation));
        }

        public RateLimitLease GetResult(short token)
        {
            // Waits for a cancellation callback that runs right now, so that it cannot meet this object's next life.
            _registration.Dispose();
            try
            {
                return _source.GetResult(token);
            }
            finally
            {
                _registration = default;
                _cancellation = default;
                Outcome = null;
                _source.Reset();
                _budget.Recycle(this);
            }
        }

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);
    }
}
