using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL;

namespace Headroom.Metrics.Prometheus;

/// <summary>What a cluster was found to do when it was connected to.</summary>
/// <param name="Version">The version it gives as its own, in Prometheus's counting; empty when it gives none.</param>
/// <param name="NativeHistograms">Whether it stores native histograms and has functions for them.</param>
/// <param name="Exemplars">Whether exemplars can be asked for.</param>
/// <param name="Metadata">Whether metadata can be asked for.</param>
/// <param name="Protocol">Which remote write it understands of those that were tried.</param>
/// <param name="Lacks">What it lacks, in sentences for a person.</param>
public sealed record ClusterCapabilities(string Version, bool NativeHistograms, bool Exemplars, bool Metadata, RemoteWriteProtocol Protocol, IReadOnlyList<string> Lacks)
{
    /// <summary>The series that is written to find out what can be written.</summary>
    public const string ProbeMetric = "headroom_gateway_probe";

    /// <summary>Asks a cluster what it is, and writes one float and one histogram of a series of our own.</summary>
    /// <exception cref="ProblemException">It cannot be reached, does not let us in, or takes no writes at all.</exception>
    internal static async Task<ClusterCapabilities> ProbeAsync(PrometheusHttp http, RemoteWriter writer, PrometheusSettings settings, string instance, long now, CancellationToken cancel)
    {
        var lacks = new List<string>();
        string version = await TryAsync(async () =>
        {
            using var info = await http.GetAsync("/api/v1/status/buildinfo", cancel).ConfigureAwait(false);
            return info.RootElement.TryGetProperty("data", out var data) && data.TryGetProperty("version", out var number) ? number.GetString() ?? "" : "";
        }).ConfigureAwait(false) ?? "";

        // 1. The query API must be there.
        using (await http.AskAsync("/api/v1/query", [new("query", "1+1"), new("time", Seconds(now))], cancel).ConfigureAwait(false)) { }

        // 2. Floats must be taken.
        var labels = Labels.Of(ProbeMetric, (PrometheusSettings.InstanceLabel, instance), ("kind", "float"));
        await writer.WriteAsync([new OutgoingSample(labels, now, 1, null, SampleKind.Float, 0)], [], [], static (_, _) => { }, cancel).ConfigureAwait(false);
        if (settings.Protocol == RemoteWriteProtocol.Version2 && writer.Protocol == RemoteWriteProtocol.Version1)
            lacks.Add("It does not understand remote write 2.0; 1.0 is used.");

        // 3. Histograms need functions that know them and a receiver that takes them; one that drops what it does not know has no such functions.
        string? why = await HistogramFunctionsAsync(http, now, cancel).ConfigureAwait(false) ?? await HistogramWritesAsync(writer, instance, now, cancel).ConfigureAwait(false);
        if (why is not null)
            lacks.Add($"It has no native histograms ({why}): distributions are {(settings.Distributions == DistributionForm.Classic ? "written as classic histograms" : "refused; set metrics: { prometheus: { distributions: classic } } to write classic histograms instead")}.");

        // 4. Beside samples.
        bool exemplars = await HasAsync(() => http.AskAsync("/api/v1/query_exemplars", [new("query", ProbeMetric), new("start", Seconds(now)), new("end", Seconds(now))], cancel)).ConfigureAwait(false);
        if (!exemplars) lacks.Add("It answers no exemplars.");
        bool metadata = await HasAsync(() => http.GetAsync("/api/v1/metadata?limit=1", cancel)).ConfigureAwait(false);
        if (!metadata) lacks.Add("It answers no metadata.");
        return new ClusterCapabilities(version, why is null, exemplars, metadata, writer.Protocol, lacks);
    }

    private static async Task<string?> HistogramFunctionsAsync(PrometheusHttp http, long now, CancellationToken cancel)
    {
        try
        {
            using var answer = await http.AskAsync("/api/v1/query", [new("query", "histogram_count(vector(0))"), new("time", Seconds(now))], cancel).ConfigureAwait(false);
            return null;
        }
        catch (PromqlException)
        {
            return "it does not know histogram_count";
        }
    }

    private static async Task<string?> HistogramWritesAsync(RemoteWriter writer, string instance, long now, CancellationToken cancel)
    {
        var probe = new Histogram { Scale = ExponentialBuckets.RecordingScale, Count = 1, Sum = 1, Positive = new Buckets([-1], [1]) };
        var labels = Labels.Of(ProbeMetric, (PrometheusSettings.InstanceLabel, instance), ("kind", "histogram"));
        string? refusal = null;
        try
        {
            await writer.WriteAsync([new OutgoingSample(labels, now, 0, probe, SampleKind.Histogram, 0)], [], [], (_, said) => refusal = said, cancel).ConfigureAwait(false);
        }
        catch (ProblemException error) when (error.Problems[0].Code == "cluster-failed")
        {
            // Prometheus 2 answers 500 while the feature is off.
            refusal = error.Problems[0].What;
        }
        return refusal;
    }

    private static async Task<bool> HasAsync(Func<Task<System.Text.Json.JsonDocument>> ask) => await TryAsync(async () =>
    {
        using var answer = await ask().ConfigureAwait(false);
        return "";
    }).ConfigureAwait(false) is not null;

    private static async Task<string?> TryAsync(Func<Task<string>> ask)
    {
        try
        {
            return await ask().ConfigureAwait(false);
        }
        catch (Exception error) when (error is PromqlException or ProblemException { Problems: [{ Code: "cluster-lacks" or "cluster-failed" }, ..] })
        {
            return null;
        }
    }

    private static string Seconds(long milliseconds) => PrometheusBackend.Seconds(milliseconds);
}
