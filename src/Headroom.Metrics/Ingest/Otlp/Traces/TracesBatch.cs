namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>What one request of spans comes to. Reused from request to request.</summary>
internal sealed class TracesBatch
{
    public WriteRequest Request { get; } = new();

    /// <summary>The ids of the spans in the request's observations, one for each.</summary>
    public List<SpanId> Ids { get; } = [];

    public RejectionLog Rejections { get; } = new();

    /// <summary>Spans seen.</summary>
    public int Spans { get; set; }

    /// <summary>Spans of operations beyond their service's limit.</summary>
    public int OtherOperations { get; set; }

    public void Add(SpanSeries series, long time, double seconds, SpanId id)
    {
        Request.Observations.Add(new Observation(series.Labels, time, seconds));
        Ids.Add(id);
        if (series.IsOther) OtherOperations++;
    }

    public void Reject(string service, PointFault fault) =>
        Rejections.Add(fault.Code, 1, (service, fault), static about => $"service '{about.service}': {about.fault.Reason}");

    /// <summary>Counts the spans that the store did not keep.</summary>
    public void Reject(WriteOutcome outcome)
    {
        foreach (var rejection in outcome.Rejections) Rejections.Add(rejection.Code, 1, rejection.Reason, static reason => reason);
        int unlisted = outcome.Rejected - outcome.Rejections.Count;
        if (unlisted > 0) Rejections.Add("not-listed", unlisted, 0, static _ => "more than are told apart");
    }

    public void Clear()
    {
        Kept.Clear(Request);
        Kept.Clear(Ids);
        Rejections.Clear();
        (Spans, OtherOperations) = (0, 0);
    }
}
