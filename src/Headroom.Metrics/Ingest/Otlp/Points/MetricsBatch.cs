using Headroom.Metrics.Histograms;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// What one request of metrics comes to: the write, which data point each of its samples came from, the deltas that still
/// have to be added up, and what was refused. Reused from request to request.
/// </summary>
internal sealed class MetricsBatch(OtlpOptions options)
{
    /// <summary>Stands for the point of a sample that is no data point's.</summary>
    public const int NoPoint = -1;

    private readonly List<int> _pointOfSample = [];
    private readonly List<int> _pointOfHistogram = [];
    private int _buckets;

    public WriteRequest Request { get; } = new();

    public List<DeltaPoint> Deltas { get; } = [];

    /// <summary>Bucket counts of the deltas of classic histograms, one after the other.</summary>
    public List<double> DeltaCounts { get; } = [];

    /// <summary>Running totals that deltas of this batch were added to.</summary>
    public List<RunningTotal> Totals { get; } = [];

    public RejectionLog Rejections { get; } = new();

    /// <summary>Data points seen; the one being read is the last.</summary>
    public int Points { get; private set; }

    /// <summary>Counts a data point that could not even be read as one.</summary>
    public void RejectUnread(string code, int count, string example)
    {
        Points += count;
        Rejections.Add(code, count, example, static text => text);
    }

    /// <summary>Begins a data point; false when the request has come to as much as one may.</summary>
    public bool BeginPoint(MetricFamily family)
    {
        Points++;
        int items = Request.Samples.Count + Request.Exemplars.Count + Request.Histograms.Count + Deltas.Count + DeltaCounts.Count + _buckets;
        if (items < options.MaxRequestItems) return true;
        Reject(family, new PointFault("request-too-large", $"the request comes to more than {options.MaxRequestItems} samples, buckets and exemplars; send it in several"));
        return false;
    }

    /// <summary>Adds a sample of the point being read.</summary>
    public void Add(Labels labels, long time, double value) => Add(labels, time, value, Points - 1);

    /// <summary>Adds a sample of a point.</summary>
    public void Add(Labels labels, long time, double value, int point)
    {
        Request.Samples.Add(new FloatSample(labels, time, value));
        _pointOfSample.Add(point);
    }

    /// <summary>Adds a sample that is no data point's: the start of a count, or <c>target_info</c>.</summary>
    public void AddDerived(Labels labels, long time, double value) => Add(labels, time, value, NoPoint);

    public void Add(Labels labels, long time, Histogram value, int point)
    {
        Request.Histograms.Add(new HistogramSample(labels, time, value));
        _pointOfHistogram.Add(point);
        _buckets += value.Positive.Indexes.Length + value.Negative.Indexes.Length;
    }

    public void AddDerived(Labels labels, long time, Histogram value) => Add(labels, time, value, NoPoint);

    /// <summary>Counts the point being read as not kept.</summary>
    public void Reject(MetricFamily family, PointFault fault) =>
        Rejections.Add(fault.Code, 1, (family, fault), static about => $"metric '{about.family.SourceName}': {about.fault.Reason}");

    /// <summary>Counts the points of which the store did not keep every sample.</summary>
    public void Reject(WriteOutcome outcome)
    {
        var points = new HashSet<int>();
        foreach (var rejection in outcome.Rejections)
        {
            int point = rejection.Kind == SampleKind.Float ? _pointOfSample[rejection.Index] : _pointOfHistogram[rejection.Index];
            // The start of a count that is known already, or that another sample stands at, tells nothing new.
            if (point == NoPoint || !points.Add(point)) continue;
            Rejections.Add(rejection.Code, 1, rejection.Reason, static reason => reason);
        }
        // Beyond those listed it is not known which points they are of.
        int unlisted = Math.Min(outcome.Rejected - outcome.Rejections.Count, Points - Rejections.Count);
        if (unlisted > 0) Rejections.Add("not-listed", unlisted, 0, static _ => "more than are told apart");
    }

    public void Clear()
    {
        Kept.Clear(Request);
        Kept.Clear(Deltas);
        Kept.Clear(DeltaCounts);
        Kept.Clear(Totals);
        Kept.Clear(_pointOfSample);
        Kept.Clear(_pointOfHistogram);
        Rejections.Clear();
        (Points, _buckets) = (0, 0);
    }
}
