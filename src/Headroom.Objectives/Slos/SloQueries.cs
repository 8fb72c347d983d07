using System.Globalization;
using Headroom.Configuration.Values;

namespace Headroom.Objectives.Slos;

/// <summary>The PromQL of an SLI, for a window.</summary>
public static class SloQueries
{
    /// <summary>What stands for the window in a query.</summary>
    public const string Placeholder = "$window";

    /// <summary>A query with the window written in.</summary>
    public static string With(string query, TimeSpan window) => query.Replace(Placeholder, DurationText.Format(window), StringComparison.Ordinal);

    /// <summary>
    /// The SLI as counts: good or bad events, and all. For latencies from native histograms these are the observations of at most the
    /// threshold, interpolated within its bucket as Prometheus does, and all observations.
    /// </summary>
    /// <exception cref="ArgumentException">The SLI is a value, which has no counts.</exception>
    public static RatioSli Counts(Sli sli) => sli switch
    {
        RatioSli ratio => ratio,
        LatencySli latency => new RatioSli(
            $"histogram_fraction(-Inf, {Number(latency.Threshold)}, {Increase(latency)}) * histogram_count({Increase(latency)})", null, $"histogram_count({Increase(latency)})"),
        _ => throw new ArgumentException("a value has no counts", nameof(sli)),
    };

    /// <summary>The share of bad events in <c>$window</c>, as one expression.</summary>
    public static string ErrorRatio(Sli sli) => sli switch
    {
        RatioSli { Bad: { } bad } ratio => $"({bad}) / ({ratio.Total})",
        RatioSli ratio => $"1 - (({ratio.Good}) / ({ratio.Total}))",
        LatencySli latency => $"1 - histogram_fraction(-Inf, {Number(latency.Threshold)}, {Increase(latency)})",
        _ => throw new ArgumentException("a value has no error ratio", nameof(sli)),
    };

    internal static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Increase(LatencySli latency) =>
        $"sum{(latency.By.Count == 0 ? "" : $" by ({string.Join(", ", latency.By)}) ")}(increase({latency.Histogram}[{Placeholder}]))";
}
