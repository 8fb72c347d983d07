using Headroom.Metrics.PromQL;
using Headroom.Objectives.Kpis;
using Headroom.Reports.Wording;

namespace Headroom.Reports.Charts;

/// <summary>One line of a <see cref="TimeSeriesChart"/>.</summary>
/// <param name="Name">What the legend calls it; empty when the chart's title says it all.</param>
/// <param name="Points">Samples in time order. Histograms and NaN are gaps.</param>
public sealed record ChartLine(string Name, IReadOnlyList<Point> Points)
{
    internal static IReadOnlyList<ChartLine> WorstFirst(KpiChart chart)
    {
        var names = SeriesNames.For([.. chart.Series.Select(s => s.Labels)]);
        var lines = chart.Series.Select((s, i) => new ChartLine(names[i], s.Points)).ToArray();
        if (lines.Length <= 1) return lines;
        bool higherIsBetter = chart.Target is { Operator: BoundOperator.Greater or BoundOperator.GreaterOrEqual };
        return [.. lines.OrderByDescending(line => Badness(line.Points, higherIsBetter))];
    }

    private static double Badness(IReadOnlyList<Point> points, bool higherIsBetter)
    {
        double sum = 0;
        int count = 0;
        foreach (var point in points)
        {
            if (point.Histogram is not null || !double.IsFinite(point.Value)) continue;
            count++;
            sum += (point.Value - sum) / count;
        }
        return count == 0 ? double.NegativeInfinity : higherIsBetter ? -sum : sum;
    }
}
