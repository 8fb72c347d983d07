using System.Globalization;

namespace Headroom.Reports.Charts;

/// <summary>A labelled instant; <paramref name="Date"/> is the second line, null where the date does not change.</summary>
internal readonly record struct TimeTick(double Fraction, string Label, string? Date);

/// <summary>A UTC time axis with ticks at round instants.</summary>
internal sealed class TimeAxis
{
    private static readonly TimeSpan[] Steps =
    [
        .. new[] { 1, 2, 5, 10, 20, 50, 100, 200, 500 }.Select(ms => TimeSpan.FromMilliseconds(ms)),
        .. new[] { 1, 2, 5, 10, 15, 30 }.Select(s => TimeSpan.FromSeconds(s)),
        .. new[] { 1, 2, 5, 10, 15, 30 }.Select(m => TimeSpan.FromMinutes(m)),
        .. new[] { 1, 2, 3, 6, 12 }.Select(h => TimeSpan.FromHours(h)),
        .. new[] { 1, 2, 7, 14 }.Select(d => TimeSpan.FromDays(d)),
    ];

    private readonly long _from;
    private readonly long _to;

    /// <summary>An axis over a window, with at most so many ticks. An empty or reversed window is one second long.</summary>
    public TimeAxis(DateTimeOffset from, DateTimeOffset to, int most)
    {
        _from = from.ToUnixTimeMilliseconds();
        _to = to.ToUnixTimeMilliseconds();
        if (_to <= _from) _to = Math.Min(_from + 1000, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds());
        if (_to <= _from) _from = _to - 1000;
        Ticks = [.. Label(Instants(Math.Max(1, most)))];
    }

    public IReadOnlyList<TimeTick> Ticks { get; }

    /// <summary>Milliseconds from start to end; above zero.</summary>
    public double Length => _to - _from;

    public bool Holds(long time) => time >= _from && time <= _to;

    /// <summary>Where an instant lies: 0 at the start, 1 at the end; beyond lies at the end.</summary>
    public double Fraction(long time) => Math.Clamp((double)(time - _from) / (_to - _from), 0, 1);

    private (List<DateTime> At, TimeSpan Step) Instants(int most)
    {
        double length = _to - _from;
        foreach (var step in Steps)
            if (length / step.TotalMilliseconds <= most)
                return (Multiples((long)step.TotalMilliseconds), step);
        foreach (int months in (int[])[1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 2400, 6000, 12000, 24000, 60000])
            if (length / (months * 30.44 * 86_400_000) <= most)
                return (Calendar(months), TimeSpan.FromDays(30 * months));
        return ([], TimeSpan.MaxValue);
    }

    private List<DateTime> Multiples(long step)
    {
        // Weeks start on Monday; the epoch was a Thursday.
        long offset = step % (7 * 86_400_000L) == 0 ? 4 * 86_400_000L : 0;
        var instants = new List<DateTime>();
        long first = Math.DivRem(_from - offset, step, out long rest) * step + offset;
        for (long t = rest > 0 ? first + step : first; t <= _to; t += step)
            instants.Add(DateTimeOffset.FromUnixTimeMilliseconds(t).UtcDateTime);
        return instants;
    }

    private List<DateTime> Calendar(int months)
    {
        var instants = new List<DateTime>();
        var start = DateTimeOffset.FromUnixTimeMilliseconds(_from).UtcDateTime;
        var end = DateTimeOffset.FromUnixTimeMilliseconds(_to).UtcDateTime;
        for (long month = (((start.Year * 12L) + start.Month - 1) / months * months); month / 12 <= end.Year; month += months)
        {
            int year = (int)(month / 12);
            if (year is < 1 or > 9999) continue;
            var at = new DateTime(year, (int)(month % 12) + 1, 1, 0, 0, 0, DateTimeKind.Utc);
            if (at >= start && at <= end) instants.Add(at);
        }
        return instants;
    }

    private IEnumerable<TimeTick> Label((List<DateTime> At, TimeSpan Step) instants)
    {
        DateTime? before = null;
        foreach (var at in instants.At)
        {
            double fraction = Fraction(new DateTimeOffset(at).ToUnixTimeMilliseconds());
            string format = instants.Step switch
            {
                var s when s < TimeSpan.FromSeconds(1) => "HH:mm:ss.fff",
                var s when s < TimeSpan.FromMinutes(1) => "HH:mm:ss",
                var s when s < TimeSpan.FromDays(1) => "HH:mm",
                var s when s < TimeSpan.FromDays(28) => "d MMM",
                var s when s < TimeSpan.FromDays(360) => "MMM",
                _ => "yyyy",
            };
            string? second = instants.Step < TimeSpan.FromDays(1)
                ? before?.Date != at.Date ? at.ToString("d MMM", CultureInfo.InvariantCulture) : null
                : instants.Step < TimeSpan.FromDays(360) && before?.Year != at.Year ? at.ToString("yyyy", CultureInfo.InvariantCulture) : null;
            before = at;
            yield return new TimeTick(fraction, at.ToString(format, CultureInfo.InvariantCulture), second);
        }
    }
}
