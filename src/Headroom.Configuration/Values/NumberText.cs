using System.Globalization;

namespace Headroom.Configuration.Values;

/// <summary>Finite decimal numbers, percentages and dates.</summary>
public static class NumberText
{
    /// <summary>A regular expression for the numbers that <see cref="TryParse"/> reads, without anchors.</summary>
    public const string Pattern = @"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?";

    /// <summary>Reads a finite decimal number such as <c>0.120</c>, <c>-3</c> or <c>1e-3</c>; no NaN, infinity, hexadecimal or digit groups.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out double number) =>
        double.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out number)
        && double.IsFinite(number) && !text.ContainsAny("iInN∞");

    /// <summary>
    /// Reads a percentage such as <c>99.9%</c> as a fraction (0.999, the nearest double). Without the sign it is refused, because 1
    /// could then mean 1% or all.
    /// </summary>
    public static bool TryParsePercent(string text, out double fraction, out string reason)
    {
        (fraction, reason) = (0, "");
        if (!text.EndsWith('%'))
        {
            reason = "the % sign is missing";
            return false;
        }
        if (!decimal.TryParse(text.AsSpan(0, text.Length - 1).Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal percent) || percent > 100)
        {
            reason = "it must be a number from 0 to 100 with a % sign";
            return false;
        }
        fraction = (double)(percent / 100);
        return true;
    }
}
