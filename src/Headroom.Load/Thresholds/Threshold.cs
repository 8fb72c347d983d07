using System.Globalization;
using Headroom.Configuration.Values;

namespace Headroom.Load.Thresholds;

/// <summary>
/// A bound that a run's results must keep, in k6's words: <c>http_req_duration{name:search}: p(95)&lt;500</c>. Latencies are in
/// milliseconds. A threshold on something that was never measured is not kept.
/// </summary>
public sealed record Threshold
{
    /// <summary>The metric's name.</summary>
    public required string Metric { get; init; }

    /// <summary>Only what carries all of these tags counts.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>The condition.</summary>
    public required ThresholdExpression Expression { get; init; }

    /// <summary>Whether the run ends as soon as it is broken.</summary>
    public bool AbortOnFail { get; init; }

    /// <summary>How long after the start the run is not aborted yet.</summary>
    public TimeSpan DelayAbortEval { get; init; }

    /// <summary>When given, the bound must hold in every stretch of this length, not over the whole run.</summary>
    public TimeSpan? Window { get; init; }

    /// <summary>The metric with its tags, as a plan writes it.</summary>
    public string Selector => Tags.Count == 0 ? Metric : $"{Metric}{{{string.Join(",", Tags.Select(t => $"{t.Key}:{t.Value}"))}}}";

    /// <summary>The condition as text, with its window.</summary>
    public string Text => Window is { } window ? $"{Expression} in every {DurationText.Format(window)}" : Expression.ToString();
}

/// <summary>What a threshold takes of a metric.</summary>
public enum Aggregation
{
    /// <summary>Mean.</summary>
    Average,

    /// <summary>Smallest.</summary>
    Minimum,

    /// <summary>Largest.</summary>
    Maximum,

    /// <summary>A percentile; <c>med</c> is the fiftieth.</summary>
    Percentile,

    /// <summary>Of a rate the share, of a counter what it grew per second.</summary>
    Rate,

    /// <summary>Of a counter the sum; of a distribution the number of values.</summary>
    Count,

    /// <summary>The last value.</summary>
    Value,
}

/// <summary>An aggregation compared with a number.</summary>
/// <param name="Aggregation">What is compared.</param>
/// <param name="Percentile">With <see cref="Aggregation.Percentile"/>: from 0 to 100.</param>
/// <param name="Operator">One of &lt; &lt;= &gt; &gt;= == !=.</param>
/// <param name="Bound">With what.</param>
public sealed record ThresholdExpression(Aggregation Aggregation, double Percentile, string Operator, double Bound)
{
    private static readonly string[] Operators = ["===", "==", "!=", "<=", ">=", "<", ">"];

    /// <summary>Reads <c>p(95)&lt;500</c>, <c>rate &lt; 0.01</c>, <c>avg&lt;=200</c> and the like; <paramref name="reason"/> says what is wrong.</summary>
    public static bool TryParse(string text, out ThresholdExpression expression, out string reason)
    {
        expression = null!;
        reason = "";
        string? op = Operators.FirstOrDefault(o => text.Contains(o, StringComparison.Ordinal));
        if (op is null) return Fail("a comparison such as p(95)<500 is needed", out reason);
        int at = text.IndexOf(op, StringComparison.Ordinal);
        string left = text[..at].Trim(), right = text[(at + op.Length)..].Trim();
        if (!NumberText.TryParse(right, out double bound)) return Fail($"'{Short(right)}' is no number; latencies are milliseconds without a unit", out reason);
        double percentile = 0;
        Aggregation aggregation;
        switch (left)
        {
            case "avg": aggregation = Aggregation.Average; break;
            case "min": aggregation = Aggregation.Minimum; break;
            case "max": aggregation = Aggregation.Maximum; break;
            case "med": (aggregation, percentile) = (Aggregation.Percentile, 50); break;
            case "rate": aggregation = Aggregation.Rate; break;
            case "count": aggregation = Aggregation.Count; break;
            case "value": aggregation = Aggregation.Value; break;
            default:
                if (left is not ['p', '(', .., ')'] || !NumberText.TryParse(left.AsSpan(2, left.Length - 3).Trim(), out percentile) || percentile is < 0 or > 100)
                    return Fail($"'{Short(left)}' is none of avg, min, max, med, p(0..100), rate, count and value", out reason);
                aggregation = Aggregation.Percentile;
                break;
        }
        expression = new ThresholdExpression(aggregation, percentile, op == "===" ? "==" : op, bound);
        return true;
    }

    /// <summary>Whether a value keeps the bound; NaN keeps none.</summary>
    public bool Holds(double value) => !double.IsNaN(value) && Operator switch
    {
        "<" => value < Bound,
        "<=" => value <= Bound,
        ">" => value > Bound,
        ">=" => value >= Bound,
        "==" => value == Bound,
        _ => value != Bound,
    };

    /// <summary>Which of two values is further from keeping the bound.</summary>
    internal double Worse(double a, double b) => double.IsNaN(a) ? b : double.IsNaN(b) ? a : Operator switch
    {
        "<" or "<=" => Math.Max(a, b),
        ">" or ">=" => Math.Min(a, b),
        _ => Holds(a) ? b : a,
    };

    /// <summary>As a plan writes it, without spaces.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Name}{Operator}{Bound}");

    private string Name => Aggregation switch
    {
        Aggregation.Average => "avg",
        Aggregation.Minimum => "min",
        Aggregation.Maximum => "max",
        Aggregation.Percentile => string.Create(CultureInfo.InvariantCulture, $"p({Percentile})"),
        Aggregation.Rate => "rate",
        Aggregation.Count => "count",
        _ => "value",
    };

    private static string Short(string text) => text.Length <= 40 ? text : text[..37] + "...";

    private static bool Fail(string why, out string reason)
    {
        reason = why;
        return false;
    }
}
