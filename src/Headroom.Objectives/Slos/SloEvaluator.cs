using System.Globalization;
using Headroom.Metrics;

namespace Headroom.Objectives.Slos;

/// <summary>Judges SLOs: compliance, error budget, burn rates, budget forecast, and history by calendar period.</summary>
/// <param name="backend">Where measurements live.</param>
public sealed class SloEvaluator(IMetricsBackend backend)
{
    private readonly SliMeter _meter = new(backend);

    /// <summary>Judges SLOs at an instant.</summary>
    /// <param name="project">The project's name.</param>
    /// <param name="slos">What to judge.</param>
    /// <param name="at">The instant.</param>
    /// <param name="explain">Whether to keep each query with what it gave.</param>
    /// <param name="cancel">Stops the work.</param>
    public async ValueTask<SloReport> EvaluateAsync(string project, IReadOnlyList<SloDefinition> slos, DateTimeOffset at, bool explain, CancellationToken cancel)
    {
        at = DateTimeOffset.FromUnixTimeMilliseconds(at.ToUnixTimeMilliseconds());
        var judged = new List<SloStatus>();
        foreach (var slo in slos) judged.AddRange(await EvaluateAsync(slo, at, explain, cancel));
        return new SloReport(project, at, judged);
    }

    /// <summary>The last calendar periods of an SLO, oldest first; each series of the SLO has its own entries.</summary>
    public async ValueTask<IReadOnlyList<SloPeriod>> HistoryAsync(SloDefinition slo, CalendarUnit unit, TimeZoneInfo zone, int count, DateTimeOffset at, CancellationToken cancel)
    {
        var history = new List<SloPeriod>();
        foreach (var period in CalendarPeriods.Last(count, at, unit, zone))
        {
            bool complete = period.End <= at;
            var to = complete ? period.End : at;
            foreach (var counts in await _meter.MeasureAsync(slo, to.ToUnixTimeMilliseconds(), to - period.Start, null, cancel))
                history.Add(new SloPeriod(period, complete, StatusOf(slo, counts, period.Start, to, period, [], null, [])));
        }
        return history;
    }

    /// <summary>The readings of an SLO's burn-rate rules at an instant, by series.</summary>
    public async ValueTask<IReadOnlyList<(Labels Labels, IReadOnlyList<BurnReading> Readings)>> BurnAsync(SloDefinition slo, long at, CancellationToken cancel)
    {
        var windows = await WindowsAsync(slo, at, null, cancel);
        return [.. windows.Values.SelectMany(w => w).Where(w => w.HasData).Select(w => w.Labels).Distinct().Order().DefaultIfEmpty(Labels.Empty)
            .Select(labels => (labels, Readings(slo, windows, labels)))];
    }

    private async ValueTask<IReadOnlyList<SloStatus>> EvaluateAsync(SloDefinition slo, DateTimeOffset at, bool explain, CancellationToken cancel)
    {
        var traces = explain ? new List<SloTrace>() : null;
        CalendarPeriod? period = slo.Window is CalendarWindow calendar ? CalendarPeriods.Containing(at, calendar.Unit, calendar.Zone) : null;
        var from = period?.Start ?? at - ((RollingWindow)slo.Window).Length;
        long instant = at.ToUnixTimeMilliseconds();
        var whole = await _meter.MeasureAsync(slo, instant, at - from, traces, cancel);
        var windows = await WindowsAsync(slo, instant, traces, cancel);
        return [.. whole.Select(counts => StatusOf(slo, counts, from, at, period, Readings(slo, windows, counts.Labels), Forecast(slo, counts, windows, from, at, period), traces ?? []))];
    }

    private async ValueTask<Dictionary<TimeSpan, IReadOnlyList<SliCounts>>> WindowsAsync(SloDefinition slo, long at, List<SloTrace>? traces, CancellationToken cancel)
    {
        var windows = new Dictionary<TimeSpan, IReadOnlyList<SliCounts>>();
        var rules = BurnRatePolicy.For(slo.Window);
        foreach (var length in rules.SelectMany(r => (TimeSpan[])[r.Long, r.Short]).Append(BurnRatePolicy.PresentWindow(BurnRatePolicy.PeriodOf(slo.Window))).Distinct().Order())
            windows[length] = await _meter.MeasureAsync(slo, at, length, traces, cancel);
        return windows;
    }

    private static IReadOnlyList<BurnReading> Readings(SloDefinition slo, Dictionary<TimeSpan, IReadOnlyList<SliCounts>> windows, Labels labels) =>
    [
        .. BurnRatePolicy.For(slo.Window).Select(rule =>
        {
            var (longer, shorter) = (Of(windows[rule.Long], labels), Of(windows[rule.Short], labels));
            double? longRate = longer is { HasData: true } ? ErrorBudget.BurnRate(longer.ErrorRate, slo.Objective) : null;
            double? shortRate = shorter is { HasData: true } ? ErrorBudget.BurnRate(shorter.ErrorRate, slo.Objective) : null;
            // Slices of time that count have traffic enough by themselves.
            bool low = longer is { HasData: true } && slo.Slices is null && longer.Total < rule.MinimumEvents(slo);
            return new BurnReading(rule, longRate, shortRate, longer?.Total ?? 0, low, longRate > rule.Factor && shortRate > rule.Factor && !low);
        }),
    ];

    private static SliCounts? Of(IReadOnlyList<SliCounts> counts, Labels labels) => counts.FirstOrDefault(c => c.Labels.Equals(labels));

    private static BudgetForecast? Forecast(SloDefinition slo, SliCounts whole, Dictionary<TimeSpan, IReadOnlyList<SliCounts>> windows, DateTimeOffset from, DateTimeOffset at, CalendarPeriod? period)
    {
        var over = BurnRatePolicy.PresentWindow(BurnRatePolicy.PeriodOf(slo.Window));
        if (!whole.HasData || ErrorBudget.Remaining(whole.Bad, whole.Total, slo.Objective) is not { } remaining || Of(windows[over], whole.Labels) is not { HasData: true } present) return null;
        double rate = ErrorBudget.BurnRate(present.ErrorRate, slo.Objective);
        var length = period?.Length ?? at - from;
        var exhausted = remaining < 0 ? TimeSpan.Zero : ErrorBudget.ExhaustedIn(remaining, rate, at - from, length, period is null);
        return new BudgetForecast(rate, over, exhausted is { } span && span < DateTimeOffset.MaxValue - at ? at + span : null);
    }

    private static SloStatus StatusOf(
        SloDefinition slo, SliCounts counts, DateTimeOffset from, DateTimeOffset to, CalendarPeriod? period, IReadOnlyList<BurnReading> burn, BudgetForecast? forecast, IReadOnlyList<SloTrace> traces)
    {
        var notes = new List<string>(counts.Notes);
        var status = new SloStatus { Slo = slo, Labels = counts.Labels, From = from, To = to, Period = period, Counts = counts, Burn = burn, Forecast = forecast, Notes = notes, Traces = traces };
        if (slo.Objective >= 1) notes.Add("An objective of 100% has no error budget: one bad event misses it, and any error burns infinitely fast.");
        if (status.LowTraffic) notes.Add(string.Create(CultureInfo.InvariantCulture, $"Low traffic: {counts.Total:0.#} events allow {slo.Budget * counts.Total:0.##} bad ones, so a single event decides."));
        var silent = burn.Where(b => !b.Rule.CanFire(slo.Objective)).ToList();
        if (silent.Count > 0)
            notes.Add($"The burn-rate rules with factor {string.Join(" and ", silent.Select(b => b.Rule.Factor.ToString("0.###", CultureInfo.InvariantCulture)))} can never fire: with this objective even total failure burns only {ErrorBudget.BurnRate(1, slo.Objective).ToString("0.###", CultureInfo.InvariantCulture)} times.");
        return status;
    }
}
