using System.Globalization;

namespace Headroom.Objectives.Experiments;

/// <summary>
/// A metric in one word: <c>NAME[:mean|pNN][:lower|higher][:TOLERANCE%]</c>, for example <c>duration:p95</c>,
/// <c>success:higher</c> or <c>errors:mean:lower:2%</c>.
/// </summary>
public static class MetricText
{
    /// <summary>The form, for messages and help.</summary>
    public const string Form = "NAME[:mean|pNN][:lower|higher][:TOLERANCE%]";

    /// <summary>Reads a metric.</summary>
    /// <param name="text">The text.</param>
    /// <param name="metric">The metric.</param>
    /// <param name="reason">What is wrong, when false is answered.</param>
    public static bool TryParse(string text, out ExperimentMetric metric, out string reason)
    {
        string[] parts = text.Split(':');
        metric = new ExperimentMetric(parts[0].Trim());
        reason = metric.Name.Length == 0 ? "it has no name" : "";
        foreach (string part in parts.Skip(1).Select(p => p.Trim()))
        {
            if (part is "lower" or "higher") metric = metric with { LowerIsBetter = part == "lower" };
            else if (part == "mean") metric = metric with { Quantile = null };
            else if (part.StartsWith('p') && Number(part[1..]) is > 0 and < 100 and var percent) metric = metric with { Quantile = percent / 100 };
            else if (part.EndsWith('%') && Number(part[..^1]) is >= 0 and var tolerance && double.IsFinite(tolerance)) metric = metric with { TolerancePercent = tolerance };
            else reason = $"'{part}' is none of mean, p50 to p99.99, lower, higher, or a tolerance such as 2%";
        }
        return reason.Length == 0;
    }

    /// <summary>Writes a metric so that it reads back.</summary>
    public static string Format(ExperimentMetric metric) =>
        string.Create(CultureInfo.InvariantCulture, $"{metric.Name}:{metric.Statistic}:{(metric.LowerIsBetter ? "lower" : "higher")}:{metric.TolerancePercent}%");

    private static double Number(string text) => double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double value) ? value : double.NaN;
}
