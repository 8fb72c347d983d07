using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Headroom.Objectives.Deployments;
using Headroom.Server.Hosting;

namespace Headroom.Server.Deployments;

/// <summary>The deployments that were recorded, in order of time.</summary>
internal sealed class DeploymentLog(ControlState control)
{
    /// <summary>Most deployments given at once.</summary>
    public const int MaxListed = 10_000;

    // Times sort as text when they have one width; 0 stands for the year 1.
    private const string ByTime = "deployments/at/";
    private const string ById = "deployments/id/";

    /// <summary>Records a deployment. One of the same id is replaced: recording it again changes nothing.</summary>
    public async ValueTask RecordAsync(Deployment deployment, CancellationToken cancel)
    {
        string key = KeyOf(deployment);
        if (control.Documents.Get(ById + deployment.Id) is { } known && System.Text.Encoding.UTF8.GetString(known.Content.Span) is var old && old != key)
            await control.Documents.DeleteAsync(old, cancel: cancel);
        await control.PutAsync(key, JsonSerializer.SerializeToUtf8Bytes(deployment, DeploymentJson.Default.Deployment), cancel);
        await control.PutAsync(ById + deployment.Id, System.Text.Encoding.UTF8.GetBytes(key), cancel);
    }

    /// <summary>Deployments between two instants (both included), the latest first, at most <paramref name="limit"/>.</summary>
    public IReadOnlyList<Deployment> Between(long from, long to, int limit = MaxListed)
    {
        var found = new List<Deployment>();
        foreach (var entry in control.Documents.List(ByTime, after: ByTime + Time(Math.Max(from, EarliestMs) - 1) + "~"))
        {
            if (control.Documents.Get(entry.Key) is not { } document) continue;
            var deployment = JsonSerializer.Deserialize(document.Content.Span, DeploymentJson.Default.Deployment)!;
            if (deployment.Time > to) break;
            if (deployment.Time >= from) found.Add(deployment);
        }
        found.Reverse();
        return found.Count > limit ? found[..limit] : found;
    }

    private static readonly long EarliestMs = DateTimeOffset.MinValue.ToUnixTimeMilliseconds() + 1;

    private static string KeyOf(Deployment deployment) => $"{ByTime}{Time(deployment.Time)}/{deployment.Id}";

    private static string Time(long milliseconds) => (milliseconds - EarliestMs + 1).ToString("D18", CultureInfo.InvariantCulture);
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(Deployment))]
[JsonSerializable(typeof(DeploymentBody))]
internal sealed partial class DeploymentJson : JsonSerializerContext;

/// <summary>The body of <c>POST /api/deployments</c>.</summary>
internal sealed record DeploymentBody
{
    public string? Id { get; init; }

    public string? Service { get; init; }

    public string? Version { get; init; }

    /// <summary>RFC 3339 or Unix seconds; now when absent.</summary>
    public string? Time { get; init; }

    public string? Note { get; init; }

    public IReadOnlyList<string>? Expects { get; init; }
}
