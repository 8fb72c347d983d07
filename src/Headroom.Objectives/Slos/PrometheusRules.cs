using System.Globalization;
using System.Text;
using Headroom.Configuration.Values;

namespace Headroom.Objectives.Slos;

/// <summary>
/// SLOs as Prometheus recording and alerting rules, in the names and labels of Sloth (slok/sloth, <c>slo:sli_error:ratio_rate5m</c>,
/// <c>sloth_id</c>, …), so that its dashboards show them. Calendar windows become rolling ones of their usual length: Prometheus
/// has no others.
/// </summary>
public static class PrometheusRules
{
    /// <summary>The rule file.</summary>
    public static string Write(IReadOnlyList<SloDefinition> slos)
    {
        var yaml = new StringBuilder(slos.Count == 0 ? "groups: []\n" : "groups:\n");
        foreach (var slo in slos) Write(yaml, slo);
        return yaml.ToString();
    }

    private static void Write(StringBuilder yaml, SloDefinition slo)
    {
        string service = slo.Service ?? "headroom";
        string name = Slug(slo.Name);
        string id = $"{Slug(service)}-{name}";
        (string, string)[] labels = [("sloth_id", id), ("sloth_service", service), ("sloth_slo", name)];
        string selector = "{" + string.Join(", ", labels.Select(l => $"{l.Item1}={Quoted(l.Item2)}")) + "}";
        var period = BurnRatePolicy.PeriodOf(slo.Window);
        string whole = DurationText.Format(period);
        var rules = BurnRatePolicy.For(slo.Window);
        var windows = rules.SelectMany(r => (TimeSpan[])[r.Long, r.Short]).Append(TimeSpan.FromMinutes(5)).Distinct().Order().ToList();

        Group(yaml, $"sloth-slo-sli-recordings-{id}");
        if (slo.Slices is { } slices)
        {
            // A slice is bad or it is not; the error rate of a window is the share of bad slices in it.
            Record(yaml, "slo:sli_error:slice", SliceExpression(slo, slices), labels);
            foreach (var window in windows) Record(yaml, Rate(window), $"avg_over_time(slo:sli_error:slice{selector}[{DurationText.Format(window)}])", [.. labels, ("sloth_window", DurationText.Format(window))]);
        }
        else
        {
            foreach (var window in windows) Record(yaml, Rate(window), SloQueries.With(SloQueries.ErrorRatio(slo.Sli), window), [.. labels, ("sloth_window", DurationText.Format(window))]);
        }
        if (!windows.Contains(period))
            Record(yaml, Rate(period), $"sum_over_time(slo:sli_error:ratio_rate5m{selector}[{whole}]) / ignoring (sloth_window) count_over_time(slo:sli_error:ratio_rate5m{selector}[{whole}])", [.. labels, ("sloth_window", whole)]);

        Group(yaml, $"sloth-slo-meta-recordings-{id}");
        Record(yaml, "slo:objective:ratio", $"vector({Share(slo.Objective)})", labels);
        Record(yaml, "slo:error_budget:ratio", $"vector(1-{Share(slo.Objective)})", labels);
        Record(yaml, "slo:time_period:days", $"vector({SloQueries.Number(period.TotalDays)})", labels);
        const string join = "on(sloth_id, sloth_slo, sloth_service) group_left";
        Record(yaml, "slo:current_burn_rate:ratio", $"slo:sli_error:ratio_rate5m{selector} / {join} slo:error_budget:ratio{selector}", labels);
        Record(yaml, "slo:period_burn_rate:ratio", $"{Rate(period)}{selector} / {join} slo:error_budget:ratio{selector}", labels);
        Record(yaml, "slo:period_error_budget_remaining:ratio", $"1 - slo:period_burn_rate:ratio{selector}", labels);
        Record(yaml, "sloth_slo_info", "vector(1)", [.. labels, ("sloth_mode", "headroom"), ("sloth_objective", Percent(slo.Objective)), ("sloth_spec", "headroom/v1"), ("sloth_version", "headroom")]);

        foreach (var severity in rules.GroupBy(r => r.Severity).Where(s => s.Any(r => r.CanFire(slo.Objective))))
        {
            string word = severity.Key == BurnSeverity.Page ? "page" : "ticket";
            if (severity.Key == rules.First(r => r.CanFire(slo.Objective)).Severity) Group(yaml, $"sloth-slo-alerts-{id}");
            string expression = string.Join(" or ", severity.Where(r => r.CanFire(slo.Objective)).Select(r =>
                $"(max({Rate(r.Short)}{selector} > ({SloQueries.Number(r.Factor)} * {Share(slo.Budget)})) without (sloth_window) and max({Rate(r.Long)}{selector} > ({SloQueries.Number(r.Factor)} * {Share(slo.Budget)})) without (sloth_window))"));
            yaml.Append($"      - alert: {YamlText.Of("SLO " + slo.Name + " burns (" + word + ")")}\n        expr: {YamlText.Of(expression)}\n");
            Labels(yaml, [("sloth_severity", word), ("sloth_id", id)]);
            yaml.Append($"        annotations:\n          summary: {YamlText.Of($"{{{{$labels.sloth_service}}}} {{{{$labels.sloth_slo}}}} spends its error budget too fast")}\n          title: {YamlText.Of($"({word}) {{{{$labels.sloth_service}}}} {{{{$labels.sloth_slo}}}} SLO error budget burn rate is too fast")}\n");
        }
    }

    private static string SliceExpression(SloDefinition slo, Timeslices slices) => slo.Sli is ValueSli value
        ? value.When.Operator == Kpis.BoundOperator.Within
            ? $"1 - (({value.Query}) >= bool {SloQueries.Number(value.When.Low)}) * (({value.Query}) <= bool {SloQueries.Number(value.When.High)})"
            : $"1 - (({value.Query}) {value.When.Operator switch { Kpis.BoundOperator.Less => "<", Kpis.BoundOperator.LessOrEqual => "<=", Kpis.BoundOperator.Greater => ">", _ => ">=" }} bool {SloQueries.Number(value.When.Low)})"
        : $"({SloQueries.With(SloQueries.ErrorRatio(slo.Sli), slices.Slice)}) > bool {Share(1 - slices.Target)}";

    private static string Rate(TimeSpan window) => $"slo:sli_error:ratio_rate{DurationText.Format(window)}";

    private static void Group(StringBuilder yaml, string name) => yaml.Append($"  - name: {YamlText.Of(name)}\n    rules:\n");

    private static void Record(StringBuilder yaml, string record, string expression, IReadOnlyList<(string Name, string Value)> labels)
    {
        yaml.Append($"      - record: {record}\n        expr: {YamlText.Of(expression)}\n");
        Labels(yaml, labels);
    }

    private static void Labels(StringBuilder yaml, IReadOnlyList<(string Name, string Value)> labels)
    {
        yaml.Append("        labels:\n");
        foreach (var (name, value) in labels) yaml.Append($"          {name}: {YamlText.Of(value)}\n");
    }

    private static string Quoted(string text) => "\"" + text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal) + "\"";

    // 1 - 0.999 is 0.0010000000000000009 in binary; a rule file should say 0.001.
    private static string Share(double share) => Math.Round((decimal)share, 14).ToString("0.##############", CultureInfo.InvariantCulture);

    private static string Percent(double share) => (Math.Round((decimal)share, 14) * 100).ToString("0.############", CultureInfo.InvariantCulture);

    /// <summary>A name as Kubernetes and OpenSLO take them (RFC 1123): lower case, digits and dashes.</summary>
    internal static string Slug(string name)
    {
        var slug = new StringBuilder();
        foreach (char c in name.ToLowerInvariant())
            if (char.IsAsciiLetterOrDigit(c)) slug.Append(c);
            else if (slug.Length > 0 && slug[^1] != '-') slug.Append('-');
        string text = slug.ToString().Trim('-');
        return text.Length == 0 ? "slo" : text.Length <= 63 ? text : text[..63].Trim('-');
    }
}
