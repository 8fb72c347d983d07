using System.Globalization;
using System.Text;
using Headroom.Load.Results;
using Headroom.Reports.Charts;

namespace Headroom.Reports.Load;

/// <summary>
/// Latency by percentile. Across, each equal step is one more nine (the logarithm of 1/(1-q)), so that the tail, which users feel, has the
/// room it needs; upwards, the logarithm of the latency.
/// </summary>
internal static class PercentileCurve
{
    private static readonly (double Q, string Name)[] Ticks = [(0, "0"), (0.5, "50%"), (0.9, "90%"), (0.99, "99%"), (0.999, "99.9%"), (0.9999, "99.99%"), (0.99999, "99.999%")];

    /// <summary>Draws service and response time.</summary>
    public static string ToSvg(LoadResult result, int width, int height)
    {
        var lines = new[] { ("response time", Points(result.ResponseTime)), ("service time", Points(result.ServiceTime)) };
        var all = lines.SelectMany(l => l.Item2).ToList();
        var svg = new SvgWriter().Open("svg").With("xmlns", "http://www.w3.org/2000/svg").With("class", "hc").With("role", "img").With("viewBox", $"0 0 {width} {height}").With("width", width).With("height", height);
        svg.Open("title").Text("Latency by percentile").Close();
        if (all.Count == 0) return svg.Label(width / 2.0, height / 2.0, "Nothing was measured", "hc-label", "middle").Close().ToString();

        const double Left = 62, Top = 26, Bottom = 24, Right = 14;
        double reach = all.Max(p => Nines(p.Q)), low = Math.Floor(Math.Log10(all.Min(p => p.Seconds))), high = Math.Max(low + 1, Math.Ceiling(Math.Log10(all.Max(p => p.Seconds))));
        double X(double q) => Left + Math.Min(1, Nines(q) / reach) * (width - Left - Right);
        double Y(double seconds) => Top + (1 - (Math.Log10(seconds) - low) / (high - low)) * (height - Top - Bottom);
        for (double power = low; power <= high; power++)
        {
            double y = Y(Math.Pow(10, power));
            svg.Line(Left, y, width - Right, y, "hc-grid").Label(Left - 8, y + 4, Time(Math.Pow(10, power)), "hc-label", "end");
        }
        foreach (var (q, name) in Ticks)
        {
            if (Nines(q) > reach + 1e-9) break;
            svg.Line(X(q), Top, X(q), height - Bottom, "hc-grid").Label(X(q), height - 6, name, "hc-label", "middle");
        }
        for (int i = 0; i < lines.Length; i++)
        {
            var (name, points) = lines[i];
            var path = new StringBuilder();
            foreach (var (q, seconds) in points)
            {
                path.Append(path.Length == 0 ? 'M' : 'L');
                SvgWriter.Coordinate(path, X(q));
                path.Append(' ');
                SvgWriter.Coordinate(path, Y(seconds));
            }
            if (path.Length > 0) svg.Path(path.ToString(), $"hc-l hc-s{i}");
            svg.Line(Left + i * 130, 10, Left + 18 + i * 130, 10, $"hc-l hc-s{i}").Label(Left + 24 + i * 130, 14, name, "hc-label");
        }
        return svg.Close().ToString();
    }

    private static double Nines(double q) => -Math.Log10(1 - Math.Min(q, 1 - 1e-9));

    private static List<(double Q, double Seconds)> Points(LatencySummary summary)
    {
        var points = new List<(double, double)>();
        if (summary.Histogram is not { } h || h.Count <= 0) return points;
        double seen = h.ZeroCount;
        for (int i = 0; i < h.Indexes.Count; i++)
        {
            seen += h.Counts[i];
            // The last value stands for the quantile just below one that its count allows.
            double q = Math.Min(seen / h.Count, 1 - 0.5 / h.Count);
            points.Add((q, Math.Pow(2, (h.Indexes[i] + 1) / Math.Pow(2, h.Scale))));
        }
        return points;
    }

    private static string Time(double seconds) => seconds >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{seconds:0} s")
        : seconds >= 1e-3 ? string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e3:0} ms") : string.Create(CultureInfo.InvariantCulture, $"{seconds * 1e6:0} µs");
}
