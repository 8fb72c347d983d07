using System.Globalization;
using Headroom.Reports.Wording;

namespace Headroom.Reports.Charts;

/// <summary>A labelled place on an axis; 0 is its start, 1 its end.</summary>
internal readonly record struct AxisTick(double Fraction, string Label);

/// <summary>
/// A value axis from one round number to another. It counts in a display unit (ms for 0.01 s), which also keeps the
/// arithmetic clear of overflow at the ends of what a double can hold.
/// </summary>
internal sealed class ValueAxis
{
    private static readonly double[] LongTimeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];

    private readonly double _toDisplay;
    private readonly double _low;
    private readonly double _high;

    private ValueAxis(double toDisplay, double low, double high, IReadOnlyList<AxisTick> ticks) =>
        (_toDisplay, _low, _high, Ticks) = (toDisplay, low, high, ticks);

    public IReadOnlyList<AxisTick> Ticks { get; }

    /// <summary>Whether the low end is zero, so that areas under a line mean something.</summary>
    public bool StartsAtZero => _low == 0;

    /// <summary>Where a finite value lies, 0 at the low end and 1 at the high end; values beyond lie at the end.</summary>
    public double Fraction(double value) => Math.Clamp(((value * _toDisplay) - _low) / (_high - _low), 0, 1);

    /// <summary>Whether a value lies on the axis.</summary>
    public bool Holds(double value) => value * _toDisplay is var shown && shown >= _low - 1e-9 * Math.Abs(_low) && shown <= _high + 1e-9 * Math.Abs(_high);

    /// <summary>An axis that holds <paramref name="low"/> and <paramref name="high"/> (finite, in that order, apart) with about so many ticks.</summary>
    public static ValueAxis Over(double low, double high, string? unit, int wanted)
    {
        var family = MeasurementUnit.Parse(unit);
        double factor = family.Factor;
        double most = Math.Max(Math.Abs(low), Math.Abs(high)) * factor;
        if (double.IsInfinity(most) || most == 0)
        {
            family = new MeasurementUnit(UnitKind.Number, 1, "");
            factor = 1;
            most = Math.Max(Math.Abs(low), Math.Abs(high));
        }
        if (family.Kind == UnitKind.Time && most is >= 90 and < 864_000)
        {
            double stepSeconds = Array.Find(LongTimeSteps, s => s >= (high - low) * factor / wanted * 0.75);
            if (stepSeconds > 0)
                return Build(factor, low * factor, high * factor, stepSeconds, (value, _) => Quantities.Format(value, "s"));
        }
        var (divisor, prefix, suffix) = Display(family, most);
        // Dividing twice, because factor / divisor can leave the range that a double holds precisely.
        double toDisplay = factor / divisor;
        double from = low * toDisplay, to = high * toDisplay;
        double step = NiceStep((to - from) / wanted);
        int decimals = Math.Clamp(-(int)Math.Floor(Math.Log10(step) + 1e-9), 0, 12);
        return Build(toDisplay, from, to, step, (value, top) =>
        {
            string digits = Math.Abs(value).ToString("N" + decimals, CultureInfo.InvariantCulture);
            return (value < 0 ? "-" : "") + prefix + digits + (top ? suffix : "");
        });
    }

    private static ValueAxis Build(double toDisplay, double from, double to, double step, Func<double, bool, string> label)
    {
        // A hair of slack, so that 0.3 / 0.1 does not become one tick more.
        long first = (long)Math.Floor((from / step) + 1e-9), last = (long)Math.Ceiling((to / step) - 1e-9);
        double low = first * step, high = last * step;
        var ticks = new List<AxisTick>();
        for (long i = first; i <= last; i++)
            ticks.Add(new AxisTick((double)(i - first) / (last - first), label(i == 0 ? 0 : i * step, i == last)));
        return new ValueAxis(toDisplay, low, high, ticks);
    }

    private static (double Divisor, string Prefix, string Suffix) Display(MeasurementUnit family, double most)
    {
        switch (family.Kind)
        {
            case UnitKind.Time when most is >= 1e-10 and < 8.64e10:
                return most < 1e-6 ? (1e-9, "", " ns") : most < 1e-3 ? (1e-6, "", " µs") : most < 1 ? (1e-3, "", " ms") : most < 864_000 ? (1, "", " s") : (86400, "", " d");
            case UnitKind.Bytes when most is >= 1e-3 and < 1.1e21:
                int power = Math.Clamp((int)Math.Log(most, 1024), 0, 6);
                return (Math.Pow(1024, power), "", " " + "B KiB MiB GiB TiB PiB EiB".Split(' ')[power] + family.Suffix);
            case UnitKind.Percent when most is >= 1e-6 and < 1e9:
                return (1, "", "%");
            case UnitKind.Money when most is >= 1e-3 and < 1e9:
                return (1, "$", "");
            case UnitKind.Number when most is >= 1e-5 and < 1e18:
                int thousands = most < 1e6 ? 0 : (int)(Math.Log10(most) / 3);
                return (Math.Pow(1000, thousands), "", new[] { "", "", "M", "G", "T", "P" }[thousands] + family.Suffix);
        }
        int exponent = (int)Math.Floor(Math.Log10(most));
        string unit = family.Kind switch { UnitKind.Time => " s", UnitKind.Bytes => " B" + family.Suffix, UnitKind.Percent => " %", UnitKind.Money => " $", _ => family.Suffix };
        return (Math.Pow(10, exponent), "", $"×10{Quantities.Superscript(exponent)}{unit}");
    }

    /// <summary>The nearest of 1, 2 and 5 times a power of ten.</summary>
    private static double NiceStep(double wanted)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(wanted)));
        double rest = wanted / power;
        return power * (rest < 1.4999 ? 1 : rest < 3.4999 ? 2 : rest < 7 ? 5 : 10);
    }
}
