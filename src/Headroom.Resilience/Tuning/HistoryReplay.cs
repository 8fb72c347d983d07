using Headroom.Resilience.CircuitBreaking;
using Polly.CircuitBreaker;

namespace Headroom.Resilience.Tuning;

/// <summary>
/// Plays recorded calls through a circuit: a call enters when it started and tells its outcome when it ended; one that
/// the circuit refuses tells nothing. What the record cannot know is what a refused call would have done to the
/// dependency, so replay assumes: what it did.
/// </summary>
internal sealed class HistoryReplay
{
    private readonly ReplayCalls _calls;
    private readonly int _from;
    private readonly int _to;
    private readonly List<OutageSpan> _outages;
    private readonly int[] _byEnd;

    public HistoryReplay(ReplayCalls calls, int from, int to, List<OutageSpan> outages)
    {
        _calls = calls;
        _from = from;
        _to = to;
        _outages = outages;
        // Of calls that ended at one moment (a log with whole seconds, without durations) the first recorded is first.
        _byEnd = [.. Enumerable.Range(from, to - from).OrderBy(i => calls.Ends[i])];
    }

    /// <summary>Plays the calls with a breaker that starts closed.</summary>
    public ReplayCounts Play(AdaptiveCircuitBreakerOptions options)
    {
        var circuit = new CircuitStateMachine(options, TimeSpan.TicksPerSecond);
        var watch = new Watch(_outages);
        var tickets = new CircuitTicket[_to - _from];
        var entered = new bool[_to - _from];
        int ended = 0;
        for (int i = _from; i < _to; i++)
        {
            long now = _calls.Starts[i];

            // 1. Calls that ended by now tell their outcome, in the order they ended.
            while (ended < _byEnd.Length && _calls.Ends[_byEnd[ended]] <= now && _byEnd[ended] < i) End(_byEnd[ended++]);

            // 2. This call asks.
            watch.Before(now, circuit.State);
            entered[i - _from] = circuit.TryEnter(now, out tickets[i - _from], out CircuitTransition? change);
            if (change is { } made) watch.After(now, made);
            watch.Call(now, _calls.Bad[i], entered[i - _from]);
        }

        while (ended < _byEnd.Length) End(_byEnd[ended++]);
        return watch.Counts();

        void End(int call)
        {
            if (!entered[call - _from]) return;
            long now = _calls.Ends[call];
            CallOutcome outcome = _calls.Failed[call] ? CallOutcome.Failure : CallOutcome.Success;
            if (circuit.Record(tickets[call - _from], outcome, now) is { } change) watch.After(now, change);
        }
    }

    /// <summary>Judges what the circuit does against the outages.</summary>
    private sealed class Watch(List<OutageSpan> outages)
    {
        private readonly long[] _seenAt = [.. Enumerable.Repeat(long.MaxValue, outages.Count)];
        private int _next;
        private int _openings;
        private int _falseOpenings;
        private int _refusedGood;

        // A circuit that is not closed when an outage begins protects from its start.
        public void Before(long now, CircuitState state)
        {
            for (; _next < outages.Count && outages[_next].Start <= now; _next++)
            {
                if (state != CircuitState.Closed) _seenAt[_next] = outages[_next].Start;
            }
        }

        public void After(long now, CircuitTransition change)
        {
            if (change.From != CircuitState.Closed) return;
            _openings++;
            int at = At(now);
            if (at < 0) _falseOpenings++;
            else if (now < _seenAt[at]) _seenAt[at] = now;
        }

        public void Call(long now, bool bad, bool entered)
        {
            if (!entered && !bad && At(now) < 0) _refusedGood++;
        }

        public ReplayCounts Counts()
        {
            int detected = 0;
            double exposed = 0;
            for (int i = 0; i < outages.Count; i++)
            {
                if (_seenAt[i] <= outages[i].Deadline) detected++;
                exposed += TimeSpan.FromTicks(Math.Min(_seenAt[i], outages[i].End) - outages[i].Start).TotalSeconds;
            }

            return new ReplayCounts(_openings, _falseOpenings, _refusedGood, outages.Count, detected, exposed);
        }

        private int At(long now)
        {
            int low = 0;
            int high = outages.Count - 1;
            while (low <= high)
            {
                int middle = (low + high) / 2;
                if (outages[middle].End < now) low = middle + 1;
                else if (outages[middle].Start > now) high = middle - 1;
                else return middle;
            }

            return -1;
        }
    }
}

/// <summary>What one replay counted; adds up over parts of a history.</summary>
internal readonly record struct ReplayCounts(int Openings, int FalseOpenings, int RefusedGood, int Outages, int Detected, double ExposedSeconds)
{
    public static ReplayCounts operator +(ReplayCounts a, ReplayCounts b) => new(a.Openings + b.Openings,
        a.FalseOpenings + b.FalseOpenings, a.RefusedGood + b.RefusedGood, a.Outages + b.Outages, a.Detected + b.Detected,
        a.ExposedSeconds + b.ExposedSeconds);
}
