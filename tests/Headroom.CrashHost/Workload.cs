using Headroom.Metrics;
using Headroom.Metrics.Storage;

namespace Headroom.CrashHost;

/// <summary>
/// What the crash host writes: request i of writer w has the same content in every run, so that whoever reads the store
/// after the crash can compute what must be there.
/// </summary>
public static class Workload
{
    /// <summary>Number of writers at once.</summary>
    public const int Writers = 3;

    /// <summary>Observations in each request.</summary>
    public const int ObservationsPerRequest = 3;

    /// <summary>2026-01-01T00:00:00Z.</summary>
    public const long Start = 1_767_225_600_000;

    private const long StepMs = 500;

    public static Labels FloatSeries(int writer) => Labels.Of("crash_float", ("writer", $"{writer}"));

    public static Labels ObservedSeries(int writer) => Labels.Of("crash_observed", ("writer", $"{writer}"));

    /// <summary>Series of which every other hundred requests are deleted again.</summary>
    public static Labels DeletedSeries(int writer) => Labels.Of("crash_deleted", ("writer", $"{writer}"));

    /// <summary>Requests after which a writer deletes what the first <see cref="DeletedRequests"/> of them wrote.</summary>
    public const int DeletionPeriod = 200;

    /// <summary>Requests whose samples a deletion takes.</summary>
    public const int DeletedRequests = 100;

    public static long TimeOf(int request) => Start + request * StepMs;

    public static double ObservationOf(int request, int k) => request % 50 + k + 1;

    public static SampleNote? NoteOf(int writer, int request) => request % 10 == 0 ? new SampleNote($"{{\"request\":{request}}}", $"{writer}-{request}", "ms") : null;

    public static WriteRequest Request(int writer, int request)
    {
        var write = new WriteRequest();
        write.Samples.Add(new FloatSample(FloatSeries(writer), TimeOf(request), request, NoteOf(writer, request)));
        for (int k = 0; k < ObservationsPerRequest; k++)
            write.Observations.Add(new Observation(ObservedSeries(writer), TimeOf(request) + k, ObservationOf(request, k)));
        write.Samples.Add(new FloatSample(DeletedSeries(writer), TimeOf(request), request));
        if (request % 7 == 0) write.Exemplars.Add(new Exemplar(FloatSeries(writer), Labels.From(new Label("trace_id", $"{writer}-{request}")), request, TimeOf(request)));
        return write;
    }

    /// <summary>Deletes what a period's first requests wrote to the series for that; given the period's last request.</summary>
    public static Task DeleteAsync(EmbeddedStore store, int writer, int last) => store.DeleteAsync(
        [[new LabelMatcher(MatchKind.Equal, Labels.MetricName, "crash_deleted"), new LabelMatcher(MatchKind.Equal, "writer", $"{writer}")]],
        TimeOf(last - DeletionPeriod + 1), TimeOf(last - DeletionPeriod + DeletedRequests));

    /// <summary>Limits so low, and times kept so short, that flushes, merges and roll-ups go on all the time.</summary>
    public static EmbeddedStoreOptions Options(string directory) => new()
    {
        Directory = directory,
        FlushSamples = 700,
        SegmentBytes = 20_000,
        CompactionBlocks = 3,
        Retention = new RetentionPolicy(TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromDays(100)),
        MaxExemplars = 1000,
    };
}
