using System.Text.Json;
using System.Text.Json.Serialization;
using Headroom.Configuration.Diagnostics;
using Headroom.Objectives.Regressions;
using Headroom.Server.Query;

namespace Headroom.Server.Regressions;

/// <summary>The body of <c>POST /api/regressions</c>.</summary>
internal sealed record RegressionRequest
{
    /// <summary>The base window.</summary>
    public RegressionWindow? Before { get; init; }

    /// <summary>The window compared with it.</summary>
    public RegressionWindow? After { get; init; }

    /// <summary>Width of a time slot: seconds or a duration; by default a twentieth of the shorter window.</summary>
    public string? Slot { get; init; }

    /// <summary>What to compare; absent: every KPI of the project.</summary>
    public IReadOnlyList<string>? Queries { get; init; }

    /// <summary>Smaller changes are no finding; 20 by default.</summary>
    public double? TolerancePercent { get; init; }

    /// <summary>Chance of any false finding; 0.05 by default.</summary>
    public double? Significance { get; init; }

    /// <summary>Reads and checks a body.</summary>
    /// <exception cref="ProblemException">It is not such an object; every field at fault is named.</exception>
    public static async ValueTask<RegressionRequest> ReadAsync(Stream body, CancellationToken cancel)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(body, RegressionRequestJson.Default.RegressionRequest, cancel)
                ?? throw new ProblemException(new Problem("json-invalid", "The body must be a JSON object.", "body"));
        }
        catch (JsonException error)
        {
            throw new ProblemException(new Problem("json-invalid", "The body is not the JSON object this route takes.", error.Path is { Length: > 1 } path ? path[2..] : "body",
                "See docs/http-api.md, POST /api/regressions."), error);
        }
    }

    /// <summary>Both windows and the slot.</summary>
    public (TimeWindow Before, TimeWindow After, TimeSpan Slot) Windows()
    {
        var problems = new List<Problem>();
        var before = Window(Before, "before", problems);
        var after = Window(After, "after", problems);
        var slot = TimeSpan.Zero;
        if (problems.Count == 0) slot = Min(before.To - before.From, after.To - after.From) / 20;
        if (Slot is not null && (!PrometheusTime.TryParseDuration(Slot, out long milliseconds) || (slot = TimeSpan.FromMilliseconds(milliseconds)) < TimeSpan.FromMilliseconds(1)))
            problems.Add(new Problem("slot-invalid", $"'{Slot}' is no length of time.", "slot", "Write seconds (10) or a duration (10s, 5m)."));
        if (TolerancePercent is < 0 or double.NaN) problems.Add(new Problem("tolerance-invalid", "The tolerance must not be negative.", "tolerancePercent"));
        if (Significance is <= 0 or >= 1) problems.Add(new Problem("significance-invalid", "The significance lies between 0 and 1.", "significance"));
        if (problems.Count > 0) throw new ProblemException(problems);
        foreach (var (window, name) in ((TimeWindow, string)[])[(before, "before"), (after, "after")])
            if ((window.To - window.From) / slot is < 1 or > 11_000)
                problems.Add(new Problem("slots-invalid", $"The window {name} holds {(window.To - window.From) / slot:0.##} slots; it must hold 1 to 11000.", "slot"));
        return problems.Count > 0 ? throw new ProblemException(problems) : (before, after, slot);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeWindow Window(RegressionWindow? window, string name, List<Problem> problems)
    {
        if (window is null)
        {
            problems.Add(new Problem("field-missing", $"The window '{name}' is missing.", name, """Give {"from":…,"to":…}."""));
            return default;
        }
        var from = Instant(window.From, name + ".from", problems);
        var to = Instant(window.To, name + ".to", problems);
        if (problems.Count == 0 && to <= from) problems.Add(new Problem("window-empty", $"The window '{name}' ends before it starts.", name));
        return new TimeWindow(from, to);
    }

    private static DateTimeOffset Instant(string? text, string field, List<Problem> problems)
    {
        if (text is not null && PrometheusTime.TryParse(text, out long milliseconds)) return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
        problems.Add(new Problem("time-invalid", $"'{text}' is no instant.", field, "Write RFC 3339 (2026-01-31T12:00:00Z) or Unix seconds, as a text."));
        return default;
    }
}

/// <summary>A window of time, open at its start and closed at its end.</summary>
/// <param name="From">RFC 3339 or Unix seconds.</param>
/// <param name="To">RFC 3339 or Unix seconds.</param>
internal sealed record RegressionWindow(string? From, string? To);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(RegressionRequest))]
internal sealed partial class RegressionRequestJson : JsonSerializerContext;
