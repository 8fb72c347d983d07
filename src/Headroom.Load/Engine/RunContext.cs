using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Headroom.Load.Measurement;
using Headroom.Load.Transports;

namespace Headroom.Load.Engine;

/// <summary>What the workers of a run share.</summary>
internal sealed class RunContext
{
    private readonly long[] _rows;
    private readonly long[] _budgets;
    private readonly int[] _workersLeft;
    private readonly long[] _endedAt;
    private readonly TimeProvider _time;
    private long _sequence = -1;
    private long _stopAt = long.MaxValue;
    private long _drain;

    public RunContext(RunProgram program, LoadClock clock, TimeProvider time, int workers)
    {
        (Program, Clock, Workers, _time) = (program, clock, workers, time);
        _rows = [.. program.Feeds.Select(_ => -1L)];
        _budgets = [.. program.Scenarios.Select(s => (s.Scenario.Shape as Executors.ClosedShape)?.SharedBudget ?? long.MaxValue)];
        _workersLeft = [.. program.Scenarios.Select(_ => workers)];
        _endedAt = [.. program.Scenarios.Select(_ => -1L)];
    }

    public RunProgram Program { get; }

    public LoadClock Clock { get; }

    public int Workers { get; }

    /// <summary>Seconds of measurements, from all workers, for the collector.</summary>
    public ConcurrentQueue<SecondData> Measured { get; } = new();

    /// <summary>Cleared ones, to be used again.</summary>
    public ConcurrentQueue<SecondData> Spare { get; } = new();

    public long WallMilliseconds => _time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>When the run is to stop early; never unless <see cref="Stop"/> was called.</summary>
    public long StopAt => Interlocked.Read(ref _stopAt);

    /// <summary>How long iterations under way may then still take.</summary>
    public long Drain => Interlocked.Read(ref _drain);

    public long NextInSequence() => Interlocked.Increment(ref _sequence);

    public long NextRow(int feed) => Interlocked.Increment(ref _rows[feed]);

    /// <summary>Takes one of a scenario's shared iterations; false when there are none left.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool TakeIteration(int scenario) => _budgets[scenario] == long.MaxValue || Interlocked.Decrement(ref _budgets[scenario]) >= 0;

    /// <summary>A worker has ended its share of a scenario.</summary>
    public void Ended(int scenario)
    {
        if (Interlocked.Decrement(ref _workersLeft[scenario]) == 0) Interlocked.Exchange(ref _endedAt[scenario], Clock.Now);
    }

    /// <summary>When a scenario ended in all workers; -1 while it has not.</summary>
    public long EndedAt(int scenario) => Interlocked.Read(ref _endedAt[scenario]);

    /// <summary>Starts no more iterations from now on, and gives those under way some time.</summary>
    public void Stop(TimeSpan drain)
    {
        Interlocked.Exchange(ref _drain, LoadClock.Nanoseconds(drain));
        Interlocked.CompareExchange(ref _stopAt, Clock.Now, long.MaxValue);
    }
}
