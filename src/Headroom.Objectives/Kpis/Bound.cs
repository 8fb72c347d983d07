using System.Globalization;
using Headroom.Configuration.Values;

namespace Headroom.Objectives.Kpis;

/// <summary>
/// A condition on a value as headroom.yaml writes it: <c>&lt; 0.1</c>, <c>&lt;= 5</c>, <c>&gt; 99.9</c>,
/// <c>&gt;= 1</c>, or a range <c>70..80</c>, which a value misses on either side.
/// </summary>
/// <param name="Text">As written.</param>
/// <param name="Operator">The comparison; <see cref="BoundOperator.Within"/> for a range.</param>
/// <param name="Low">The bound, or a range's lower end.</param>
/// <param name="High">The same bound again, or a range's upper end.</param>
public sealed record Bound(string Text, BoundOperator Operator, double Low, double High)
{
    /// <summary>Whether a value satisfies the condition. NaN never does.</summary>
    public bool Holds(double value) => Operator switch
    {
        BoundOperator.Less => value < High,
        BoundOperator.LessOrEqual => value <= High,
        BoundOperator.Greater => value > Low,
        BoundOperator.GreaterOrEqual => value >= Low,
        _ => value >= Low && value <= High,
    };

    /// <summary>Whether some number satisfies both conditions.</summary>
    public bool Overlaps(Bound other)
    {
        var (low, lowOpen, high, highOpen) = Interval();
        var (otherLow, otherLowOpen, otherHigh, otherHighOpen) = other.Interval();
        double from = Math.Max(low, otherLow);
        double to = Math.Min(high, otherHigh);
        if (from != to) return from < to;
        bool open = (low == from && lowOpen) || (otherLow == from && otherLowOpen) || (high == to && highOpen) || (otherHigh == to && otherHighOpen);
        return !open;
    }

    /// <summary>Reads a condition.</summary>
    /// <exception cref="FormatException">The text is none; the message says why.</exception>
    public static Bound Parse(string text) => TryParse(text, out var bound, out string reason) ? bound : throw new FormatException(reason);

    /// <summary>Reads a condition; when the text is none, <paramref name="reason"/> says why without repeating the text.</summary>
    public static bool TryParse(string text, out Bound bound, out string reason)
    {
        bound = null!;
        reason = "";
        string trimmed = text.Trim();
        int split = trimmed.AsSpan().IndexOfAnyExcept("<>=!");
        if (trimmed.Length == 0 || split < 0)
        {
            reason = "a number is missing";
            return false;
        }
        BoundOperator? comparison = trimmed[..split] switch
        {
            "<" => BoundOperator.Less,
            "<=" => BoundOperator.LessOrEqual,
            ">" => BoundOperator.Greater,
            ">=" => BoundOperator.GreaterOrEqual,
            "" => BoundOperator.Within,
            _ => null,
        };
        if (comparison is null)
        {
            reason = "the comparison is none of <, <=, > and >=";
            return false;
        }
        if (comparison == BoundOperator.Within) return TryParseRange(trimmed, out bound, out reason);
        if (!NumberText.TryParse(trimmed.AsSpan(split).Trim(), out double number))
        {
            reason = "what follows the comparison is not a plain number in the KPI's unit";
            return false;
        }
        bound = new Bound(trimmed, comparison.Value, number, number);
        return true;
    }

    private static bool TryParseRange(string text, out Bound bound, out string reason)
    {
        (bound, reason) = (null!, "");
        if (!Baseline.TryParse(text, out var range, out reason)) return false;
        if (!text.Contains("..", StringComparison.Ordinal))
        {
            reason = "a number alone does not say which side is good; put < or > before it";
            return false;
        }
        bound = new Bound(text, BoundOperator.Within, range.Low, range.High);
        return true;
    }

    private (double Low, bool LowOpen, double High, bool HighOpen) Interval() => Operator switch
    {
        BoundOperator.Less => (double.NegativeInfinity, true, High, true),
        BoundOperator.LessOrEqual => (double.NegativeInfinity, true, High, false),
        BoundOperator.Greater => (Low, true, double.PositiveInfinity, true),
        BoundOperator.GreaterOrEqual => (Low, false, double.PositiveInfinity, true),
        _ => (Low, false, High, false),
    };
}

/// <summary>The comparisons a <see cref="Bound"/> can make.</summary>
public enum BoundOperator
{
    /// <summary>Below the bound.</summary>
    Less,

    /// <summary>At or below the bound.</summary>
    LessOrEqual,

    /// <summary>Above the bound.</summary>
    Greater,

    /// <summary>At or above the bound.</summary>
    GreaterOrEqual,

    /// <summary>Inside a range, both ends included.</summary>
    Within,
}

/// <summary>Where a KPI started: a number (then both ends are equal) or a range such as <c>40..50</c>.</summary>
public sealed record Baseline(double Low, double High)
{
    /// <summary>The number, or the middle of the range.</summary>
    public double Middle => Low + ((High - Low) / 2);

    /// <summary>The number or range as headroom.yaml writes it.</summary>
    public string Text => Low == High
        ? Low.ToString("R", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{Low:R}..{High:R}");

    /// <summary>Reads a number or a range; when the text is neither, <paramref name="reason"/> says why without repeating the text.</summary>
    public static bool TryParse(string text, out Baseline baseline, out string reason)
    {
        (baseline, reason) = (null!, "");
        int dots = text.IndexOf("..", StringComparison.Ordinal);
        var first = dots < 0 ? text.AsSpan() : text.AsSpan(0, dots);
        var second = dots < 0 ? first : text.AsSpan(dots + 2);
        if (!NumberText.TryParse(first.Trim(), out double low) || !NumberText.TryParse(second.Trim(), out double high))
        {
            reason = dots < 0 ? "it is not a plain number in the KPI's unit" : "both ends of a range must be plain numbers in the KPI's unit";
            return false;
        }
        if (low > high)
        {
            reason = "the range's first end is above its second";
            return false;
        }
        baseline = new Baseline(low, high);
        return true;
    }
}
