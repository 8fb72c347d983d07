using System.Globalization;
using System.Text;
using Headroom.Configuration.Values;

namespace Headroom.Objectives.Slos;

/// <summary>SLOs as headroom.yaml writes them.</summary>
public static class SloYaml
{
    /// <summary>The section <c>slos</c>.</summary>
    public static string Write(IReadOnlyList<SloDefinition> slos)
    {
        var yaml = new StringBuilder(slos.Count == 0 ? "slos: []\n" : "slos:\n");
        foreach (var slo in slos) Write(yaml, slo);
        return yaml.ToString();
    }

    /// <summary>A share as a percentage.</summary>
    internal static string Percent(double share) => ((decimal)share * 100).ToString("0.##############", CultureInfo.InvariantCulture) + "%";

    private static void Write(StringBuilder yaml, SloDefinition slo)
    {
        yaml.Append($"  - name: {YamlText.Of(slo.Name)}\n");
        if (slo.Description is { } description) yaml.Append($"    description: {YamlText.Of(description)}\n");
        if (slo.Service is { } service) yaml.Append($"    service: {YamlText.Of(service)}\n");
        yaml.Append($"    objective: {Percent(slo.Objective)}\n");
        yaml.Append(slo.Window is CalendarWindow calendar
            ? $"    window: {{ calendar: {CalendarPeriods.WordOf(calendar.Unit)}, zone: {YamlText.Of(calendar.Zone.Id)} }}\n"
            : $"    window: {slo.Window.Text}\n");
        switch (slo.Sli)
        {
            case RatioSli ratio:
                if (ratio.Good is { } good) yaml.Append($"    good: {YamlText.Of(good)}\n");
                if (ratio.Bad is { } bad) yaml.Append($"    bad: {YamlText.Of(bad)}\n");
                yaml.Append($"    total: {YamlText.Of(ratio.Total)}\n");
                break;
            case LatencySli latency:
                yaml.Append($"    latency:\n      histogram: {YamlText.Of(latency.Histogram)}\n      threshold: {SloQueries.Number(latency.Threshold)}\n");
                if (latency.By.Count > 0) yaml.Append($"      by: [{string.Join(", ", latency.By.Select(YamlText.Of))}]\n");
                break;
            case ValueSli value:
                yaml.Append($"    value:\n      query: {YamlText.Of(value.Query)}\n      when: {YamlText.Of(value.When.Text)}\n");
                break;
        }
        if (slo.Timeslices is { } slices) yaml.Append($"    timeslices: {{ slice: {DurationText.Format(slices.Slice)}, target: {Percent(slices.Target)} }}\n");
        if (slo.MinimumEvents is { } minimum) yaml.Append($"    minimumEvents: {SloQueries.Number(minimum)}\n");
    }
}
