using System.Runtime.CompilerServices;
using Headroom.Load.Executors;
using Headroom.Load.Measurement;
using Headroom.Load.Transports;
using Headroom.Load.Transports.Epoll;

namespace Headroom.Load.Engine;

/// <summary>
/// One thread of the generator: it has its own users, connections, timers and measurements, and shares nothing with others while
/// it runs but a few counters.
/// </summary>
internal sealed partial class LoadWorker : IExchangeOwner
{
    // However quiet it is, a request to stop is seen within this time.
    private const long LongestWait = 20 * LoadClock.Millisecond;

    private readonly RunContext _context;
    private readonly LoadClock _clock;
    private readonly ITransport _transport;
    private readonly ScenarioRun[] _scenarios;
    private readonly RequestRenderer _renderer;
    private readonly Random _random;
    private readonly PriorityQueue<(VirtualUser User, int Epoch), long> _timers = new();
    private readonly int _index;
    private readonly long _recordFrom;
    private SecondData _data;
    private long _secondBegan;
    private long _cpuBefore;
    private long _openedBefore;

    public LoadWorker(RunContext context, ITransport transport, int index)
    {
        (_context, _clock, _transport, _index) = (context, context.Clock, transport, index);
        _random = new Random(context.Program.Plan.Seed + index * 7919);
        _renderer = new RequestRenderer(context, _random);
        _recordFrom = LoadClock.Nanoseconds(context.Program.Plan.WarmUp);
        var share = new Share(index, context.Workers);
        _scenarios = [.. Enumerable.Range(0, context.Program.Scenarios.Count).Select(i => new ScenarioRun(this, context, i, share, ArrivalsRandom(i)))];
        _data = NewData();
    }

    // Of their own, so that when arrivals are due does not depend on what else is drawn meanwhile.
    private Random ArrivalsRandom(int scenario) => new(_context.Program.Plan.Seed * 31 + scenario * 104_729 + _index * 7919 + 17);

    /// <summary>What went wrong in a way that nothing foresaw; the run has no result then.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>When it had nothing left to do, in the clock's nanoseconds.</summary>
    public long EndedAt { get; private set; }

    /// <summary>Runs until all scenarios have ended.</summary>
    /// <param name="processor">The processor to stay on, or null.</param>
    public void Run(int? processor)
    {
        try
        {
            if (OperatingSystem.IsLinux()) Native.Pin(processor);
            _secondBegan = _clock.Now;
            _cpuBefore = CpuTime();
            Loop();
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Told by the run, on the thread of whoever started it.
            Failure = error;
        }
        finally
        {
            EndedAt = _clock.Now;
            Rotate(EndedAt, last: true);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Loop()
    {
        long now = _clock.Now;
        while (true)
        {
            // 1. A second is over: hand over what it measured.
            if (now / LoadClock.Second != _secondBegan / LoadClock.Second) Rotate(now, last: false);

            // 2. Users whose pause is over go on.
            while (_timers.TryPeek(out var timer, out long due) && due <= now)
            {
                _timers.Dequeue();
                if (timer.User.Epoch != timer.Epoch) continue;
                RecordLag(now - due, due);
                NextStep(timer.User, due, now);
            }

            // 3. Scenarios start, adjust and end.
            long next = now + LongestWait;
            bool ended = true;
            foreach (var scenario in _scenarios)
            {
                if (scenario.IsEnded) continue;
                scenario.Advance(now);
                ended &= scenario.IsEnded;
                next = Math.Min(next, scenario.NextDue);
            }
            if (ended) return;

            // 4. Wait for answers until the next thing is due.
            if (_timers.TryPeek(out _, out long first)) next = Math.Min(next, first);
            _transport.Poll(Math.Min(next, (now / LoadClock.Second + 1) * LoadClock.Second));
            now = _clock.Now;
        }
    }

    /// <summary>An arrival was started that much later than it could have been.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Arrived(long lag)
    {
        _data.ArrivalsDue++;
        RecordLag(lag, _clock.Now);
    }

    /// <summary>Arrivals were due and never started.</summary>
    public void Dropped(long count)
    {
        _data.Dropped += count;
        _data.ArrivalsDue += count;
    }

    public void Release(VirtualUser user) => _transport.Release(user.Connections);

    private void RecordLag(long nanoseconds, long due)
    {
        if (due >= _recordFrom) _data.Lag.Record(nanoseconds * 1e-9);
    }

    private void Rotate(long now, bool last)
    {
        long cpu = CpuTime();
        _data.Second = _secondBegan / LoadClock.Second;
        _data.Worker = _index;
        _data.IsLast = last;
        _data.CpuNanoseconds = cpu - _cpuBefore;
        _data.WallNanoseconds = now - _secondBegan;
        _data.ConnectionsOpened = _transport.ConnectionsOpened - _openedBefore;
        foreach (var scenario in _scenarios) _data.ActiveVus += scenario.Busy;
        (_secondBegan, _cpuBefore, _openedBefore) = (now, cpu, _transport.ConnectionsOpened);
        var done = _data;
        _data = NewData();
        _context.Measured.Enqueue(done);
    }

    private SecondData NewData() => _context.Spare.TryDequeue(out var spare) ? spare : new SecondData(_context.Program.Shape);

    private static long CpuTime() => OperatingSystem.IsLinux() ? Native.ThreadCpuTime() : 0;
}
