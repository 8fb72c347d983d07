using System.Runtime.CompilerServices;
using Headroom.Load.Plans;
using Headroom.Metrics.Histograms;

namespace Headroom.Load.Measurement;

/// <summary>
/// What one worker measured in one second. Written by that worker alone, then handed over whole and given back cleared, so that
/// recording takes no lock and, once warm, no memory.
/// </summary>
internal sealed class SecondData
{
    private readonly KindData[] _kinds;

    public SecondData(MeasuredShape shape)
    {
        _kinds = [.. Enumerable.Range(0, shape.Kinds.Count).Select(_ => new KindData())];
        (ChecksPassed, ChecksFailed) = (new long[shape.Checks.Count], new long[shape.Checks.Count]);
        Custom = [.. shape.Metrics.Select(m => new CustomData(m.Kind))];
    }

    /// <summary>Which second of the run.</summary>
    public long Second { get; set; }

    /// <summary>Which worker.</summary>
    public int Worker { get; set; }

    /// <summary>Whether this is the worker's last.</summary>
    public bool IsLast { get; set; }

    public long Started { get; set; }
    public long BytesSent { get; set; }
    public long BytesReceived { get; set; }
    public long Iterations { get; set; }
    public long ArrivalsDue { get; set; }
    public long Dropped { get; set; }
    public long WarmUpRequests { get; set; }
    public long ConnectionsOpened { get; set; }

    /// <summary>Users with an iteration under way, at the second's end.</summary>
    public int ActiveVus { get; set; }

    /// <summary>CPU time of the worker's thread, in nanoseconds.</summary>
    public long CpuNanoseconds { get; set; }

    /// <summary>Wall time it covers, in nanoseconds.</summary>
    public long WallNanoseconds { get; set; }

    public long[] ChecksPassed { get; }
    public long[] ChecksFailed { get; }
    public CustomData[] Custom { get; }

    /// <summary>How much later than it could have been something was sent, in seconds.</summary>
    public HistogramRecorder Lag { get; } = new();

    public HistogramRecorder IterationSeconds { get; } = new();

    /// <summary>What was measured of each kind of request.</summary>
    public ReadOnlySpan<KindData> Kinds => _kinds;

    /// <summary>Records a request's end.</summary>
    /// <param name="kind">The kind's number.</param>
    /// <param name="code">An <see cref="OutcomeCode"/>.</param>
    /// <param name="serviceSeconds">From the first byte sent; NaN when none was.</param>
    /// <param name="responseSeconds">From when the plan meant to send it.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Record(int kind, int code, double serviceSeconds, double responseSeconds)
    {
        var outcome = _kinds[kind].Outcome(code);
        outcome.Count++;
        if (!OutcomeCode.HasTime(code)) return;
        if (!double.IsNaN(serviceSeconds)) outcome.Service.Record(serviceSeconds);
        outcome.Response.Record(responseSeconds);
    }

    /// <summary>Forgets everything and keeps the memory.</summary>
    public void Clear()
    {
        foreach (var kind in _kinds) kind.Clear();
        foreach (var custom in Custom) custom.Clear();
        Array.Clear(ChecksPassed);
        Array.Clear(ChecksFailed);
        Lag.Clear();
        IterationSeconds.Clear();
        (Started, BytesSent, BytesReceived, Iterations, ArrivalsDue, Dropped, WarmUpRequests, ConnectionsOpened) = (0, 0, 0, 0, 0, 0, 0, 0);
        (ActiveVus, CpuNanoseconds, WallNanoseconds, IsLast) = (0, 0, 0, false);
    }
}

/// <summary>The outcomes of one kind of request.</summary>
internal sealed class KindData
{
    /// <summary>Status codes told apart in one kind; a server that answers with more of them has the rest counted by class.</summary>
    public const int MostOutcomes = 24;

    private readonly List<OutcomeData> _outcomes = [];
    private OutcomeData? _last;

    public IReadOnlyList<OutcomeData> Outcomes => _outcomes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public OutcomeData Outcome(int code)
    {
        // Nearly every answer is as the one before.
        if (_last is { } last && last.Code == code) return last;
        foreach (var outcome in _outcomes)
            if (outcome.Code == code)
                return _last = outcome;
        if (_outcomes.Count >= MostOutcomes && OutcomeCode.IsAnswer(code) && code % 100 != 0) return Outcome(code / 100 * 100);
        _outcomes.Add(_last = new OutcomeData(code));
        return _last;
    }

    public void Clear()
    {
        foreach (var outcome in _outcomes) outcome.Clear();
    }
}

/// <summary>One outcome of one kind of request.</summary>
internal sealed class OutcomeData(int code)
{
    public int Code { get; } = code;
    public long Count { get; set; }
    public HistogramRecorder Service { get; } = new();
    public HistogramRecorder Response { get; } = new();

    public void Clear()
    {
        if (Count == 0) return;
        Count = 0;
        Service.Clear();
        Response.Clear();
    }
}

/// <summary>A metric of the plan's own.</summary>
internal sealed class CustomData(CustomMetricKind kind)
{
    public CustomMetricKind Kind { get; } = kind;

    /// <summary>Of a rate how often the condition held, of a counter the sum.</summary>
    public double Sum { get; private set; }

    /// <summary>How many values were added.</summary>
    public long Count { get; private set; }

    public HistogramRecorder? Trend { get; } = kind == CustomMetricKind.Trend ? new HistogramRecorder() : null;

    public void Add(double value)
    {
        // A value that the answer did not have is no value.
        if (!double.IsFinite(value)) return;
        Count++;
        Sum += value;
        Trend?.Record(value);
    }

    public void Clear()
    {
        (Sum, Count) = (0, 0);
        Trend?.Clear();
    }
}

/// <summary>What a run measures: known from its plan.</summary>
/// <param name="Kinds">The kinds of requests.</param>
/// <param name="Checks">The checks, with the kind each belongs to.</param>
/// <param name="Metrics">The plan's own metrics.</param>
internal sealed record MeasuredShape(IReadOnlyList<RequestKind> Kinds, IReadOnlyList<(int Kind, string Name)> Checks, IReadOnlyList<(string Name, CustomMetricKind Kind)> Metrics);
