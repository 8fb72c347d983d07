using System.Globalization;
using Headroom.Configuration.Values;

namespace Headroom.Objectives.Slos;

/// <summary>How each shown number was reckoned, with the numbers put in.</summary>
internal static class SloFormulas
{
    public static IEnumerable<string> Of(SloStatus status)
    {
        var counts = status.Counts;
        string unit = status.Slo.Slices is null ? "events" : "slices";
        if (!counts.HasData)
        {
            yield return $"no data: there is nothing to divide by ({unit} in the window: 0)";
            yield break;
        }
        yield return $"error rate = bad / total = {N(counts.Bad)} / {N(counts.Total)} {unit} = {N(counts.ErrorRate * 100)}%";
        yield return $"SLI = 1 - error rate = {N(status.Sli!.Value * 100)}%";
        yield return $"status = {SloJson.WordOf(status.Verdict)}, because SLI {(status.Verdict == SloVerdict.Met ? ">=" : "<")} objective {N(status.Slo.Objective * 100)}%";
        if (status.BudgetRemaining is { } remaining)
            yield return $"budget left = 1 - bad / ((1 - objective) * total) = 1 - {N(counts.Bad)} / {N(status.Slo.Budget * counts.Total)} = {N(remaining * 100)}%";
        foreach (var burn in status.Burn)
            yield return $"burn rate over {DurationText.Format(burn.Rule.Long)} and {DurationText.Format(burn.Rule.Short)} = error rate / (1 - objective) = {R(burn.LongRate)} and {R(burn.ShortRate)}; "
                + $"fires when both exceed {N(burn.Rule.Factor)} = {N(burn.Rule.Budget * 100)}% of the budget * {DurationText.Format(BurnRatePolicy.PeriodOf(status.Slo.Window))} / {DurationText.Format(burn.Rule.Long)}"
                + (burn.LowTraffic ? $"; kept silent by low traffic ({N(burn.LongEvents)} events, at least {N(Math.Ceiling(burn.Rule.MinimumEvents(status.Slo)))} needed)" : "");
        if (status.Forecast is { } forecast)
            yield return $"budget forecast at the burn rate of the last {DurationText.Format(forecast.Over)} ({R(forecast.Rate)}): "
                + (forecast.ExhaustedAt is { } at ? $"used up at {at.UtcDateTime:yyyy-MM-dd'T'HH:mm'Z'}" : "it lasts")
                + " (time = (1 - used share of the window) * window / burn rate)";
    }

    private static string R(double? rate) => rate is { } value ? N(value) : "no data";

    private static string N(double value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
