using System.Globalization;
using System.Text;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Values;
using Headroom.Configuration.Yaml;
using Headroom.Objectives.Kpis;

namespace Headroom.Objectives.Slos.OpenSlo;

/// <summary>What OpenSLO documents came to.</summary>
/// <param name="Slos">The SLOs; one an objective.</param>
/// <param name="Problems">What cannot be used; the SLOs named in them are left out.</param>
/// <param name="Warnings">What was left out or translated with an assumption.</param>
public sealed record OpenSloReading(IReadOnlyList<SloDefinition> Slos, IReadOnlyList<Problem> Problems, IReadOnlyList<string> Warnings);

/// <summary>
/// Reads OpenSLO v1 (kinds SLO and SLI; several documents a file). Metric sources must be Prometheus. A bad SLO never loses its
/// neighbours.
/// </summary>
public sealed class OpenSloReader
{
    private readonly List<Problem> _problems = [];
    private readonly List<string> _warnings = [];
    private readonly List<SloDefinition> _slos = [];
    private readonly Dictionary<string, YamlMapping> _indicators = new(StringComparer.Ordinal);

    private OpenSloReader() { }

    /// <summary>Reads a file's bytes.</summary>
    /// <param name="file">Its name, for messages.</param>
    /// <param name="bytes">UTF-8.</param>
    public static OpenSloReading Read(string file, ReadOnlySpan<byte> bytes)
    {
        var reader = new OpenSloReader();
        var documents = reader.Documents(file, bytes);
        foreach (var document in documents)
            if (Text(document, "kind") == "SLI" && Map(document, "metadata") is { } metadata && Text(metadata, "name") is { } name && Map(document, "spec") is { } spec)
                reader._indicators[name] = spec;
        foreach (var document in documents) reader.ReadDocument(document);
        var unique = reader._slos.GroupBy(s => s.Name, StringComparer.Ordinal).SelectMany(same => same.Select((slo, i) => i == 0 ? slo : slo with { Name = $"{slo.Name} {i + 1}" }));
        return new OpenSloReading([.. unique], reader._problems, reader._warnings);
    }

    // The configuration's reader takes one document a file; here each lies between lines of three dashes, and keeps its line numbers.
    private List<YamlMapping> Documents(string file, ReadOnlySpan<byte> bytes)
    {
        var found = new List<YamlMapping>();
        string[] lines = Encoding.UTF8.GetString(bytes).Split('\n');
        int start = 0;
        for (int i = 0; i <= lines.Length; i++)
        {
            if (i < lines.Length && lines[i].TrimEnd() != "---") continue;
            if (lines[start..i].Any(l => l.Trim() is { Length: > 0 } text && text[0] != '#'))
            {
                string text = new string('\n', start) + string.Join('\n', lines[start..i]) + "\n";
                if (YamlReader.Read(file, Encoding.UTF8.GetBytes(text), null, _problems) is YamlMapping mapping) found.Add(mapping);
            }
            start = Math.Min(i + 1, lines.Length);
        }
        return found;
    }

    private void ReadDocument(YamlMapping document)
    {
        if (Text(document, "apiVersion") is not ("openslo/v1" or "openslo.com/v1"))
        {
            Refuse(document, "This is not an OpenSLO v1 document.", "Its apiVersion must be openslo/v1.");
            return;
        }
        string kind = Text(document, "kind") ?? "";
        if (kind is "DataSource" or "Service" or "AlertPolicy" or "AlertCondition" or "AlertNotificationTarget")
            _warnings.Add($"{document.Mark}: {kind} '{Text(Map(document, "metadata"), "name")}' is left out; alarms on burn rates come from the alarms section.");
        else if (kind == "SLO") ReadSlo(document);
        else if (kind != "SLI") Refuse(document, $"OpenSLO v1 has no kind '{kind}'.", null);
    }

    private void ReadSlo(YamlMapping document)
    {
        var metadata = Map(document, "metadata");
        var spec = Map(document, "spec");
        string? name = Text(metadata, "displayName") ?? Text(metadata, "name");
        if (name is null || spec is null)
        {
            Refuse(document, "The SLO has no metadata.name or no spec.", null);
            return;
        }
        var indicator = Map(Map(spec, "indicator"), "spec") ?? (Text(spec, "indicatorRef") is { } reference ? _indicators.GetValueOrDefault(reference) : null);
        if (indicator is null)
        {
            Refuse(spec, $"The SLO '{name}' has no indicator, or names one that is not in the file.", "Give indicator, or an SLI document with the name in indicatorRef.");
            return;
        }
        if (spec.Find("alertPolicies") is not null) _warnings.Add($"{spec.Mark}: the alert policies of '{name}' are left out.");
        if (ReadWindow(spec, name) is not { } window) return;
        var objectives = (spec.Find("objectives")?.Value as YamlSequence)?.Items.OfType<YamlMapping>().ToList() ?? [];
        if (objectives.Count == 0) Refuse(spec, $"The SLO '{name}' has no objectives.", null);
        foreach (var objective in objectives)
        {
            string title = objectives.Count == 1 ? name : $"{name}: {Text(objective, "displayName") ?? $"objective {objectives.IndexOf(objective) + 1}"}";
            if (ReadObjective(objective, title) is not { } target || ReadSli(indicator, objective, title, Map(metadata, "annotations")) is not { } sli) continue;
            if (!TryReadSlices(spec, objective, title, out var slices)) continue;
            if (slices is not null && (BurnRatePolicy.PeriodOf(window) / slices.Slice > 200_000 || slices.Slice > TimeSpan.FromMinutes(5) || slices.Slice < TimeSpan.FromSeconds(10)))
            {
                Refuse(objective, $"The slices of '{title}' are not between 10s and 5m, or too many for its window.", null);
                continue;
            }
            _slos.Add(new SloDefinition
            {
                Name = title,
                Description = Text(spec, "description"),
                Service = Text(spec, "service"),
                Objective = target,
                Window = window,
                Sli = sli,
                Timeslices = slices,
                MinimumEvents = NumberText.TryParse(Text(Map(metadata, "annotations"), OpenSloWriter.MinimumEvents) ?? "", out double minimum) ? minimum : null,
            });
        }
    }

    private SloWindow? ReadWindow(YamlMapping spec, string name)
    {
        if (spec.Find("timeWindow")?.Value is not YamlSequence { Items: [YamlMapping only] }) return Refuse<SloWindow>(spec, $"The SLO '{name}' must have exactly one timeWindow.", null);
        string duration = Text(only, "duration") ?? "";
        if (Map(only, "calendar") is { } calendar)
        {
            if (!CalendarPeriods.TryFindZone(Text(calendar, "timeZone") ?? "UTC", out var zone, out _)) return Refuse<SloWindow>(calendar, $"The time zone '{Text(calendar, "timeZone")}' is not known.", "Use an IANA name.");
            CalendarUnit? unit = duration switch { "1d" => CalendarUnit.Day, "1w" or "7d" => CalendarUnit.Week, "1M" => CalendarUnit.Month, "1Q" or "3M" => CalendarUnit.Quarter, "1Y" or "12M" => CalendarUnit.Year, _ => null };
            if (unit is null) return Refuse<SloWindow>(only, $"A calendar window of '{duration}' is not supported.", "Use 1d, 1w, 1M, 1Q or 1Y.");
            if (DateTime.TryParse(Text(calendar, "startTime"), CultureInfo.InvariantCulture, DateTimeStyles.None, out var start)
                && CalendarPeriods.Containing(new DateTimeOffset(start, TimeSpan.Zero), unit.Value, TimeZoneInfo.Utc).Start != new DateTimeOffset(start, TimeSpan.Zero))
                _warnings.Add($"{calendar.Mark}: '{name}' starts its periods at {Text(calendar, "startTime")}; they are taken from the calendar instead.");
            return new CalendarWindow(unit.Value, zone);
        }
        if (!TryReadShorthand(duration, out var length) || length < TimeSpan.FromHours(1)) return Refuse<SloWindow>(only, $"'{duration}' is no duration of an hour or more.", "Write it like 30d or 4w.");
        return new RollingWindow(length);
    }

    private double? ReadObjective(YamlMapping objective, string name)
    {
        bool percent = Text(objective, "target") is null;
        if (!NumberText.TryParse(Text(objective, "target") ?? Text(objective, "targetPercent") ?? "", out double target)) return Refuse(objective, $"The objective of '{name}' has neither target nor targetPercent.");
        target = percent ? (double)((decimal)Math.Clamp(target, -1, 1000) / 100) : target;
        return target is > 0 and <= 1 ? target : Refuse(objective, $"The target of '{name}' must be above 0 and at most 1.");
    }

    private bool TryReadSlices(YamlMapping spec, YamlMapping objective, string name, out Timeslices? slices)
    {
        slices = null;
        string method = Text(spec, "budgetingMethod") ?? "Occurrences";
        if (method == "Occurrences") return true;
        if (!method.Equals("Timeslices", StringComparison.OrdinalIgnoreCase))
        {
            Refuse(spec, $"The budgeting method '{method}' of '{name}' is not supported.", "Use Occurrences or Timeslices.");
            return false;
        }
        string window = Text(objective, "timeSliceWindow") ?? "1m";
        if (!TryReadShorthand(window.All(char.IsAsciiDigit) ? window + "m" : window, out var slice) || !NumberText.TryParse(Text(objective, "timeSliceTarget") ?? "1", out double target) || target is <= 0 or > 1)
        {
            Refuse(objective, $"The time slices of '{name}' cannot be read.", "Give timeSliceWindow like 1m and timeSliceTarget from 0 to 1.");
            return false;
        }
        slices = new Timeslices(slice, target);
        return true;
    }

    private Sli? ReadSli(YamlMapping indicator, YamlMapping objective, string name, YamlMapping? annotations)
    {
        if (Text(annotations, OpenSloWriter.Histogram) is { } histogram && NumberText.TryParse(Text(annotations, OpenSloWriter.Threshold) ?? "", out double limit))
            return new LatencySli(histogram, limit, Text(annotations, OpenSloWriter.By)?.Split(',') ?? []);
        if (Map(indicator, "thresholdMetric") is { } threshold)
        {
            string? op = Text(objective, "op") switch { "lt" => "<", "lte" => "<=", "gt" => ">", "gte" => ">=", _ => null };
            if (op is null || !Bound.TryParse($"{op} {Text(objective, "value")}", out var when, out _)) return Refuse<Sli>(objective, $"The objective of '{name}' needs op and value.", "Give op: lte and value: 0.5.");
            return Query(threshold, name) is { } query ? Parsed(threshold, query, name) is { } checkedQuery ? new ValueSli(checkedQuery, when) : null : null;
        }
        if (Map(indicator, "ratioMetric") is not { } ratio) return Refuse<Sli>(indicator, $"The indicator of '{name}' has neither thresholdMetric nor ratioMetric.", null);
        if (Map(ratio, "raw") is { } raw)
        {
            if (Query(raw, name) is not { } query || Parsed(raw, query, name) is not { } measured) return null;
            _warnings.Add($"{raw.Mark}: '{name}' has a raw ratio; its mean over one-minute steps is taken.");
            string sum = $"sum_over_time(({measured})[$window:1m])", count = $"count_over_time(({measured})[$window:1m])";
            return Text(ratio, "rawType") == "failure" ? new RatioSli(null, sum, count) : new RatioSli(sum, null, count);
        }
        bool counter = Text(ratio, "counter") != "false";
        string? good = Part(ratio, "good", counter, name), bad = Part(ratio, "bad", counter, name), total = Part(ratio, "total", counter, name);
        return total is null || good is null == bad is null ? Refuse<Sli>(ratio, $"The ratio of '{name}' needs total, and one of good and bad.", null) : new RatioSli(good, bad, total);
    }

    private string? Part(YamlMapping ratio, string role, bool counter, string name)
    {
        if (Map(ratio, role) is not { } part || Query(part, name) is not { } query) return null;
        var (translated, assumption) = OpenSloQueries.OverWindow(query, counter);
        if (assumption is not null) _warnings.Add($"{part.Mark}: '{name}', {role}: {assumption}");
        return Parsed(part, translated, name);
    }

    private string? Query(YamlMapping metric, string name)
    {
        var source = Map(metric, "metricSource");
        if (Text(source, "type") is { } type && !type.Equals("prometheus", StringComparison.OrdinalIgnoreCase)) return Refuse<string>(metric, $"'{name}' reads from {type}; only Prometheus is supported.", "Bring the metric in, and write its PromQL.");
        return Text(Map(source, "spec"), "query") ?? Refuse<string>(metric, $"A metric source of '{name}' has no spec.query.", null);
    }

    private string? Parsed(YamlMapping at, string query, string name) =>
        OpenSloQueries.WhatIsWrong(query) is { } wrong ? Refuse<string>(at, $"A query of '{name}' is not PromQL: {wrong}", null) : query;

    private static bool TryReadShorthand(string text, out TimeSpan length) =>
        // M, Q and Y have no fixed length; as a rolling window they have their usual one.
        DurationText.TryParse(text.EndsWith('M') && int.TryParse(text[..^1], out int months) ? $"{months * 30}d"
            : text.EndsWith('Q') && int.TryParse(text[..^1], out int quarters) ? $"{quarters * 90}d"
            : text.EndsWith('Y') && int.TryParse(text[..^1], out int years) ? $"{years * 365}d" : text, out length, out _);

    private void Refuse(YamlNode node, string what, string? fix) => _problems.Add(new Problem("openslo-invalid", what, node.Mark.ToString(), fix));

    private double? Refuse(YamlNode node, string what)
    {
        Refuse(node, what, null);
        return null;
    }

    private T? Refuse<T>(YamlNode node, string what, string? fix) where T : class
    {
        Refuse(node, what, fix);
        return null;
    }

    private static YamlMapping? Map(YamlMapping? mapping, string key) => mapping?.Find(key)?.Value as YamlMapping;

    private static string? Text(YamlMapping? mapping, string key) => mapping?.Find(key)?.Value is YamlScalar { IsNull: false } scalar ? scalar.Text : null;
}
