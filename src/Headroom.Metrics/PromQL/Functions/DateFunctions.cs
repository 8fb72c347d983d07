using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Functions;

/// <summary>Functions that read floats as Unix seconds and give a part of the date, in UTC.</summary>
internal static class DateFunctions
{
    public static IEnumerable<(string Name, VectorFunction Function)> All =>
    [
        Part("minute", static t => t / 60 % 60),
        Part("hour", static t => t / 3600 % 24),
        Part("day_of_week", static t => (t / 86400 + 4) % 7),
        Part("day_of_month", static t => Civil(t / 86400).Day),
        Part("day_of_year", static t => DayOfYear(t / 86400)),
        Part("days_in_month", static t => DaysInMonth(t / 86400)),
        Part("month", static t => Civil(t / 86400).Month),
        Part("year", static t => Civil(t / 86400).Year),
    ];

    // 400 years are a whole number of days and of weeks: moving by many of them changes only the year.
    private const long Era = 146_097L * 86400;
    private const long Eras = 1_000_000;

    private static (string, VectorFunction) Part(string name, Func<long, long> part) => (name, (evaluator, call) =>
    {
        bool year = name == "year";
        double Of(double seconds)
        {
            if (!(Math.Abs(seconds) < (double)Era * Eras)) return double.NaN;
            // Kept positive, so that / and % round down.
            long shifted = (long)seconds + (Era * Eras);
            return part(shifted) - (year ? 400 * Eras : 0);
        }
        if (call.Arguments.Count > 0) return MathFunctions.Map(evaluator, evaluator.Vector(call.Arguments[0]), Of);
        var steps = evaluator.Steps;
        var column = evaluator.Context.Rent(0, steps.Count);
        for (int i = 0; i < steps.Count; i++) column.Set(i, Of(steps[i] / 1000.0));
        return new Vector([new ReadySeries(Labels.Empty, column)]);
    });

    /// <summary>Day number since 1970 to date, for days not before it (Hinnant, "chrono-compatible low-level date algorithms").</summary>
    private static (long Year, int Month, int Day) Civil(long days)
    {
        days += 719_468;
        long era = days / 146_097;
        long dayOfEra = days % 146_097;
        long yearOfEra = (dayOfEra - (dayOfEra / 1460) + (dayOfEra / 36_524) - (dayOfEra / 146_096)) / 365;
        long dayOfYear = dayOfEra - ((365 * yearOfEra) + (yearOfEra / 4) - (yearOfEra / 100));
        long shiftedMonth = ((5 * dayOfYear) + 2) / 153;
        int day = (int)(dayOfYear - (((153 * shiftedMonth) + 2) / 5) + 1);
        int month = (int)(shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9);
        return (yearOfEra + (era * 400) + (month <= 2 ? 1 : 0), month, day);
    }

    private static bool IsLeap(long year) => year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

    private static long DaysInMonth(long days)
    {
        var (year, month, _) = Civil(days);
        return month == 2 ? (IsLeap(year) ? 29 : 28) : month is 4 or 6 or 9 or 11 ? 30 : 31;
    }

    private static long DayOfYear(long days)
    {
        var (year, month, day) = Civil(days);
        int before = (month - 1) * 31 - (month > 2 ? ((4 * month) + 23) / 10 : 0);
        return before + day + (month > 2 && IsLeap(year) ? 1 : 0);
    }
}
