using Headroom.Load.Measurement;
using Headroom.Load.Thresholds;

namespace Headroom.Load.Engine;

/// <summary>Brings together what the workers measure, second by second, and watches the thresholds. One thread only.</summary>
internal sealed class Collector
{
    private readonly RunContext _context;
    private readonly Measured _second;
    private readonly long[] _seen;
    private readonly SortedDictionary<long, List<SecondData>> _open = [];
    private readonly long[] _cpu;
    private readonly long[] _wall;
    private readonly int _warmUpSeconds;
    private int _left;

    public Collector(RunContext context)
    {
        _context = context;
        (Total, _second) = (new Measured(context.Program.Shape), new Measured(context.Program.Shape));
        _seen = [.. Enumerable.Repeat(-1L, context.Workers)];
        (_cpu, _wall, _left) = (new long[context.Workers], new long[context.Workers], context.Workers);
        _warmUpSeconds = (int)context.Program.Plan.WarmUp.TotalSeconds;
        Thresholds = [.. context.Program.Plan.Thresholds.Select(t => new ThresholdWatch(t, context.Program.Shape))];
    }

    public Measured Total { get; }

    public TimeSlots Slots { get; } = new();

    public IReadOnlyList<ThresholdWatch> Thresholds { get; }

    /// <summary>Whether all workers have handed over their last second.</summary>
    public bool IsDone => _left == 0;

    /// <summary>CPU of the busiest worker, of its core.</summary>
    public double CpuPercent
    {
        get
        {
            double most = 0;
            for (int i = 0; i < _cpu.Length; i++)
                if (_wall[i] > 0)
                    most = Math.Max(most, 100.0 * _cpu[i] / _wall[i]);
            return most;
        }
    }

    /// <summary>Takes in what has been handed over; calls back for each second that is complete.</summary>
    public void Drain(Action<long, Measured, int> onSecond)
    {
        while (_context.Measured.TryDequeue(out var data))
        {
            if (!_open.TryGetValue(data.Second, out var list)) _open[data.Second] = list = [];
            list.Add(data);
            _seen[data.Worker] = data.IsLast ? long.MaxValue : Math.Max(_seen[data.Worker], data.Second);
            if (data.IsLast) _left--;
            // A run shorter than a second has nothing else to go by.
            _cpu[data.Worker] += data.CpuNanoseconds;
            _wall[data.Worker] += data.WallNanoseconds;
        }
        long complete = _seen.Min();
        while (_open.Count > 0 && _open.First() is var (second, parts) && second <= complete)
        {
            _open.Remove(second);
            _second.Clear();
            int active = 0;
            foreach (var part in parts)
            {
                Total.Add(part);
                _second.Add(part);
                Slots.Add(part);
                active += part.ActiveVus;
                part.Clear();
                _context.Spare.Enqueue(part);
            }
            if (second >= _warmUpSeconds)
                foreach (var threshold in Thresholds)
                    threshold.Observe(_second);
            onSecond(second, _second, active);
        }
    }

    /// <summary>The first threshold that is broken and ends the run, or null.</summary>
    public Threshold? Aborting(double seconds)
    {
        foreach (var watch in Thresholds)
            if (watch.Threshold.AbortOnFail && seconds >= watch.Threshold.DelayAbortEval.TotalSeconds && watch.IsBroken(Total, seconds))
                return watch.Threshold;
        return null;
    }
}
