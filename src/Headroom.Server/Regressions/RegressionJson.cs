using System.Text.Json;
using Headroom.Metrics;
using Headroom.Objectives.Regressions;
using Headroom.Server.Deployments;

namespace Headroom.Server.Regressions;

/// <summary>
/// The JSON of a comparison: <c>{"findings":[…],"notes":[…]}</c>; null where a number does not exist, and the texts
/// <c>"+Inf"</c> and <c>"-Inf"</c> where it is infinite (from nothing to something), for which JSON has no number.
/// </summary>
public static class RegressionJson
{
    private static readonly (RegressionVerdict Verdict, string Word)[] Words =
    [
        (RegressionVerdict.Regression, "regression"), (RegressionVerdict.Improvement, "improvement"),
        (RegressionVerdict.Unchanged, "unchanged"), (RegressionVerdict.NoData, "no data"),
    ];

    /// <summary>Writes a result.</summary>
    public static void Write(Utf8JsonWriter json, ComparisonResult result)
    {
        json.WriteStartObject();
        json.WriteStartArray("findings");
        foreach (var finding in result.Findings) Write(json, finding);
        json.WriteEndArray();
        json.WriteStartArray("notes");
        foreach (string note in result.Notes) json.WriteStringValue(note);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Writes one finding.</summary>
    public static void Write(Utf8JsonWriter json, RegressionFinding finding)
    {
        json.WriteStartObject();
        json.WriteString("query", finding.Query);
        json.WriteStartObject("labels");
        foreach (var (name, value) in finding.Labels) json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteString("verdict", Words.First(w => w.Verdict == finding.Verdict).Word);
        Number(json, "baseline", finding.Baseline);
        Number(json, "candidate", finding.Candidate);
        Number(json, "changePercent", finding.ChangePercent);
        Number(json, "changeLowPercent", finding.ChangeLowPercent);
        Number(json, "changeHighPercent", finding.ChangeHighPercent);
        Number(json, "pValue", finding.PValue);
        Number(json, "effectSize", finding.EffectSize);
        json.WriteNumber("baselineSlots", finding.BaselineSlots);
        json.WriteNumber("candidateSlots", finding.CandidateSlots);
        json.WriteString("kpi", finding.Kpi);
        json.WriteString("explainedBy", finding.ExplainedBy);
        json.WriteStartArray("deployments");
        foreach (var deployment in finding.Deployments) DeploymentRoutes.Write(json, deployment);
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>Reads what <see cref="Write(Utf8JsonWriter, ComparisonResult)"/> wrote.</summary>
    public static ComparisonResult Read(JsonElement json) => new(
        [.. json.GetProperty("findings").EnumerateArray().Select(ReadFinding)],
        [.. json.GetProperty("notes").EnumerateArray().Select(n => n.GetString()!)]);

    private static RegressionFinding ReadFinding(JsonElement json)
    {
        string word = json.GetProperty("verdict").GetString()!;
        return new RegressionFinding(
            json.GetProperty("query").GetString()!,
            Labels.From([.. json.GetProperty("labels").EnumerateObject().Select(l => new Label(l.Name, l.Value.GetString()!))]),
            Number(json, "baseline"), Number(json, "candidate"), Number(json, "changePercent"), Number(json, "changeLowPercent"),
            Number(json, "changeHighPercent"), Number(json, "pValue"), Number(json, "effectSize"),
            Words.First(w => w.Word == word).Verdict,
            json.GetProperty("baselineSlots").GetInt32(), json.GetProperty("candidateSlots").GetInt32())
        {
            Kpi = json.GetProperty("kpi").GetString(),
            ExplainedBy = json.GetProperty("explainedBy").GetString(),
            Deployments = [.. json.GetProperty("deployments").EnumerateArray().Select(DeploymentRoutes.Read)],
        };
    }

    private static double Number(JsonElement json, string name) => json.GetProperty(name) switch
    {
        { ValueKind: JsonValueKind.Number } number => number.GetDouble(),
        { ValueKind: JsonValueKind.String } text => text.GetString() == "-Inf" ? double.NegativeInfinity : double.PositiveInfinity,
        _ => double.NaN,
    };

    private static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else if (double.IsNaN(value)) json.WriteNull(name);
        else json.WriteString(name, value > 0 ? "+Inf" : "-Inf");
    }
}
