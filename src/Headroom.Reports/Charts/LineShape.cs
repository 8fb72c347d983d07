using System.Text;
using Headroom.Metrics.PromQL;

namespace Headroom.Reports.Charts;

/// <summary>A place in pixels.</summary>
internal readonly record struct Pixel(double X, double Y);

/// <summary>
/// Turns samples into what a line chart draws: runs without a gap, thinned to the pixels there are. Of each pixel
/// column the first, lowest, highest and last sample stay (Jugel et al., "M4", VLDB 2014), so that no spike is lost
/// and the picture is the same as with every sample.
/// </summary>
internal static class LineShape
{
    /// <summary>Splits into runs; NaN, infinities, histograms and pauses longer than <paramref name="longestPause"/> ms break a line.</summary>
    public static List<List<Pixel>> Runs(IReadOnlyList<Point> points, double longestPause, Func<long, double?> x, Func<double, double> y)
    {
        var runs = new List<List<Pixel>>();
        List<Pixel>? run = null;
        long before = 0;
        foreach (var point in points)
        {
            if (x(point.Time) is not { } at || point.Histogram is not null || !double.IsFinite(point.Value))
            {
                run = null;
                continue;
            }
            if (run is null || point.Time - before > longestPause) runs.Add(run = []);
            run.Add(new Pixel(at, y(point.Value)));
            before = point.Time;
        }
        return [.. runs.Select(Thin)];
    }

    /// <summary>The longest pause, in ms, that a line bridges: a step and three quarters, so that one missing sample is a gap.</summary>
    public static double LongestPause(IEnumerable<IReadOnlyList<Point>> series) => Step(series) * 1.75;

    /// <summary>The median distance between neighbours over all series, in ms; infinite when there are none.</summary>
    public static double Step(IEnumerable<IReadOnlyList<Point>> series)
    {
        var distances = new List<long>();
        foreach (var points in series)
            for (int i = 1; i < points.Count; i++)
                if (points[i].Time > points[i - 1].Time)
                    distances.Add(points[i].Time - points[i - 1].Time);
        if (distances.Count == 0) return double.PositiveInfinity;
        distances.Sort();
        return distances[distances.Count / 2];
    }

    /// <summary>An SVG path through a run.</summary>
    public static string Path(List<Pixel> run)
    {
        var data = new StringBuilder(run.Count * 10);
        for (int i = 0; i < run.Count; i++)
        {
            data.Append(i == 0 ? 'M' : 'L');
            SvgWriter.Coordinate(data, run[i].X);
            data.Append(' ');
            SvgWriter.Coordinate(data, run[i].Y);
        }
        return data.ToString();
    }

    private static List<Pixel> Thin(List<Pixel> run)
    {
        if (run.Count <= 4) return run;
        var kept = new List<Pixel>();
        int start = 0;
        for (int i = 1; i <= run.Count; i++)
        {
            if (i < run.Count && Math.Floor(run[i].X) == Math.Floor(run[start].X)) continue;
            KeepColumn(run, start, i - 1, kept);
            start = i;
        }
        return kept;
    }

    private static void KeepColumn(List<Pixel> run, int first, int last, List<Pixel> kept)
    {
        int lowest = first, highest = first;
        for (int i = first; i <= last; i++)
        {
            if (run[i].Y < run[lowest].Y) lowest = i;
            if (run[i].Y > run[highest].Y) highest = i;
        }
        kept.Add(run[first]);
        foreach (int i in (int[])[Math.Min(lowest, highest), Math.Max(lowest, highest), last])
            if (kept[^1] != run[i])
                kept.Add(run[i]);
    }
}
