using Headroom.Metrics;
using Headroom.Metrics.PromQL;

namespace Headroom.Objectives.Regressions;

/// <summary>Finds what got worse between two windows in the stored measurements.</summary>
/// <param name="backend">Where measurements live.</param>
public sealed class BeforeAfter(IMetricsBackend backend)
{
    private const int MaximumSlots = 11_000;

    /// <summary>
    /// Evaluates each query at the end of every slot of both windows and compares them, series by series. A query that fails is
    /// noted and gives no finding.
    /// </summary>
    /// <param name="comparisons">What to compare.</param>
    /// <param name="before">The base window.</param>
    /// <param name="after">The window compared with it.</param>
    /// <param name="slot">Width of a slot; the range inside a query should be as wide, or neighbouring slots share samples.</param>
    /// <param name="options">Tolerance and the like; null for the defaults.</param>
    /// <param name="cancel">Stops the work.</param>
    /// <exception cref="ArgumentException">A window is shorter than a slot, or has more than 11,000.</exception>
    public async ValueTask<ComparisonResult> CompareAsync(
        IReadOnlyList<Comparison> comparisons, TimeWindow before, TimeWindow after, TimeSpan slot, BeforeAfterOptions? options, CancellationToken cancel)
    {
        Check(before, slot, nameof(before));
        Check(after, slot, nameof(after));
        var series = new List<SlottedSeries>();
        var notes = new List<string>();
        foreach (var comparison in comparisons)
        {
            try
            {
                var first = await SlotsAsync(comparison.Query, before, slot, notes, cancel);
                var second = await SlotsAsync(comparison.Query, after, slot, notes, cancel);
                foreach (var labels in first.Keys.Union(second.Keys).Order())
                    series.Add(new SlottedSeries(comparison.Query, labels, comparison.Better, first.GetValueOrDefault(labels, []), second.GetValueOrDefault(labels, [])));
            }
            catch (PromqlException failure)
            {
                notes.Add($"{comparison.Query}: {failure.Message}");
            }
        }
        return new ComparisonResult(SlotComparison.Judge(series, options ?? new BeforeAfterOptions()), [.. notes.Distinct()]);
    }

    private async ValueTask<Dictionary<Labels, double[]>> SlotsAsync(string query, TimeWindow window, TimeSpan slot, List<string> notes, CancellationToken cancel)
    {
        long step = (long)slot.TotalMilliseconds;
        var result = await backend.QueryRangeAsync(query, window.From.ToUnixTimeMilliseconds() + step, window.To.ToUnixTimeMilliseconds(), step, cancel);
        notes.AddRange(result.Warnings);
        notes.AddRange(result.Infos);
        if (result.Value is not MatrixValue matrix) return [];
        if (matrix.Series.Any(s => s.Points.Any(p => p.Histogram is not null)))
            notes.Add($"{query}: the query gives histograms, which are left out: use histogram_quantile(…) or histogram_avg(…).");
        return matrix.Series.ToDictionary(
            s => s.Labels,
            s => s.Points.Where(p => p.Histogram is null && double.IsFinite(p.Value)).Select(p => p.Value).ToArray());
    }

    private static void Check(TimeWindow window, TimeSpan slot, string name)
    {
        if (slot < TimeSpan.FromMilliseconds(1)) throw new ArgumentOutOfRangeException(nameof(slot), "a slot must be at least a millisecond long");
        double slots = (window.To - window.From) / slot;
        if (slots < 1) throw new ArgumentException("the window is shorter than a slot", name);
        if (slots > MaximumSlots) throw new ArgumentException($"the window has more than {MaximumSlots} slots; use wider ones", name);
    }
}
