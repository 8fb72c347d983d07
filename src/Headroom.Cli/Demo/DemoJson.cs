using System.Text.Json;
using System.Text.Json.Serialization;
using Headroom.Objectives.Kpis;
using Headroom.Server.Regressions;

namespace Headroom.Cli.Demo;

/// <summary>What the demo asks <c>POST /api/regressions</c>.</summary>
internal sealed record DemoComparison(DemoWindow Before, DemoWindow After, string Slot, IReadOnlyList<string> Queries);

/// <summary>A window in RFC 3339.</summary>
internal sealed record DemoWindow(string From, string To);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DemoComparison))]
internal sealed partial class DemoJson : JsonSerializerContext
{
    /// <summary>The findings as <c>headroom demo --output json</c> prints them.</summary>
    public static string Write(DemoFindings findings, string report, Uri? kept)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("requests", findings.Requests);
            json.WriteNumber("failures", findings.Failures);
            json.WriteNumber("scheduleLagP99Seconds", findings.LagSeconds);
            json.WriteString("changedAt", findings.Timeline.Change.UtcDateTime);
            json.WritePropertyName("before");
            StatusJson.Write(json, findings.Before);
            json.WritePropertyName("after");
            StatusJson.Write(json, findings.After);
            json.WritePropertyName("changes");
            RegressionJson.Write(json, findings.Changes);
            json.WriteString("caution", findings.Caution);
            json.WriteString("invalid", findings.Invalid);
            json.WriteString("report", report);
            if (kept is not null) json.WriteString("url", kept.ToString());
            json.WriteEndObject();
        }
        return System.Text.Encoding.UTF8.GetString(buffer.ToArray());
    }
}
