using Headroom.Load.Plans;

namespace Headroom.Load.Measurement;

/// <summary>What all workers measured in a stretch of time: a second, or the run so far. Touched by one thread only.</summary>
internal sealed class Measured(MeasuredShape shape)
{
    private readonly Dictionary<(int Kind, int Code), OutcomeTotal> _outcomes = [];
    private readonly long[] _passed = new long[shape.Checks.Count];
    private readonly long[] _failed = new long[shape.Checks.Count];
    private readonly CustomTotal[] _custom = [.. shape.Metrics.Select(m => new CustomTotal(m.Kind))];

    public MeasuredShape Shape { get; } = shape;

    public IReadOnlyDictionary<(int Kind, int Code), OutcomeTotal> Outcomes => _outcomes;

    public long Started { get; private set; }
    public long BytesSent { get; private set; }
    public long BytesReceived { get; private set; }
    public long Iterations { get; private set; }
    public long ArrivalsDue { get; private set; }
    public long Dropped { get; private set; }
    public long WarmUpRequests { get; private set; }
    public long ConnectionsOpened { get; private set; }
    public Distribution Lag { get; } = new();
    public Distribution IterationSeconds { get; } = new();
    public IReadOnlyList<long> ChecksPassed => _passed;
    public IReadOnlyList<long> ChecksFailed => _failed;
    public IReadOnlyList<CustomTotal> Custom => _custom;

    public void Add(SecondData data)
    {
        for (int kind = 0; kind < data.Kinds.Length; kind++)
            foreach (var outcome in data.Kinds[kind].Outcomes)
            {
                if (outcome.Count == 0) continue;
                if (!_outcomes.TryGetValue((kind, outcome.Code), out var total)) _outcomes[(kind, outcome.Code)] = total = new OutcomeTotal();
                total.Count += outcome.Count;
                total.Service.Add(outcome.Service);
                total.Response.Add(outcome.Response);
            }
        Started += data.Started;
        BytesSent += data.BytesSent;
        BytesReceived += data.BytesReceived;
        Iterations += data.Iterations;
        ArrivalsDue += data.ArrivalsDue;
        Dropped += data.Dropped;
        WarmUpRequests += data.WarmUpRequests;
        ConnectionsOpened += data.ConnectionsOpened;
        Lag.Add(data.Lag);
        IterationSeconds.Add(data.IterationSeconds);
        for (int i = 0; i < _passed.Length; i++) (_passed[i], _failed[i]) = (_passed[i] + data.ChecksPassed[i], _failed[i] + data.ChecksFailed[i]);
        for (int i = 0; i < _custom.Length; i++) _custom[i].Add(data.Custom[i]);
    }

    public void Clear()
    {
        foreach (var total in _outcomes.Values) total.Clear();
        Array.Clear(_passed);
        Array.Clear(_failed);
        foreach (var custom in _custom) custom.Clear();
        (Started, BytesSent, BytesReceived, Iterations, ArrivalsDue, Dropped, WarmUpRequests, ConnectionsOpened) = (0, 0, 0, 0, 0, 0, 0, 0);
        Lag.Clear();
        IterationSeconds.Clear();
    }

    /// <summary>Requests that ended, of the kinds and outcomes chosen.</summary>
    public long Count(Func<RequestKind, bool> kinds, Func<int, bool> codes)
    {
        long count = 0;
        foreach (var ((kind, code), total) in _outcomes)
            if (codes(code) && kinds(Shape.Kinds[kind]))
                count += total.Count;
        return count;
    }

    /// <summary>The times of the kinds and outcomes chosen.</summary>
    public Distribution Times(bool service, Func<RequestKind, bool> kinds, Func<int, bool> codes)
    {
        var merged = new Distribution();
        foreach (var ((kind, code), total) in _outcomes)
            if (codes(code) && kinds(Shape.Kinds[kind]))
                merged.Add(service ? total.Service : total.Response);
        return merged;
    }
}

/// <summary>One outcome of one kind of request.</summary>
internal sealed class OutcomeTotal
{
    public long Count { get; set; }
    public Distribution Service { get; } = new();
    public Distribution Response { get; } = new();

    public void Clear()
    {
        Count = 0;
        Service.Clear();
        Response.Clear();
    }
}

/// <summary>A metric of the plan's own.</summary>
internal sealed class CustomTotal(CustomMetricKind kind)
{
    public CustomMetricKind Kind { get; } = kind;
    public double Sum { get; private set; }
    public long Count { get; private set; }
    public Distribution Trend { get; } = new();

    public void Add(CustomData data)
    {
        Sum += data.Sum;
        Count += data.Count;
        if (data.Trend is { } trend) Trend.Add(trend);
    }

    public void Clear()
    {
        (Sum, Count) = (0, 0);
        Trend.Clear();
    }
}
