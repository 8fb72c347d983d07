using System.Globalization;
using System.Text.Json;
using Headroom.Metrics;
using Headroom.Metrics.Storage;
using Headroom.Server.Hosting;
using Headroom.Server.Problems;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Samples;

/// <summary>
/// <c>GET /api/samples</c>: values as they were posted, with what came beside them, newest first, a page at a time.
/// </summary>
internal static class SampleRoutes
{
    private const int DefaultLimit = 100;
    private const int LargestLimit = 10_000;

    public static void Map(IEndpointRouteBuilder routes, EmbeddedStore store) =>
        routes.MapGet("/api/samples", async context =>
        {
            var parameters = RequestParameters.OfQuery(context);
            long from = parameters.Time("from", long.MinValue / 4);
            long to = parameters.Time("to", long.MaxValue / 4);
            if (to < from) throw RequestParameters.Invalid("to", "it lies before 'from'.");
            var page = store.ReadRawSamples(parameters.Get("service"), parameters.Get("metric"), from, to,
                parameters.Integer("limit", DefaultLimit, 1, LargestLimit), parameters.Get("cursor"));
            context.Response.ContentType = "application/json";
            await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ApiJson.Options);
            json.WriteStartObject();
            json.WriteStartArray("samples");
            foreach (var sample in page.Samples) Write(json, sample);
            json.WriteEndArray();
            json.WriteString("nextCursor", page.NextCursor);
            json.WriteEndObject();
        }).Reads();

    private static void Write(Utf8JsonWriter json, RawSample sample)
    {
        json.WriteStartObject();
        json.WriteString("service_name", sample.Labels["service"]);
        json.WriteString("metric_type", sample.Labels.Name);
        json.WriteString("timestamp", Text(sample.Time));
        json.WritePropertyName("value");
        // JSON has no NaN or infinity; text keeps them.
        if (double.IsFinite(sample.Value)) json.WriteNumberValue(sample.Value);
        else json.WriteStringValue(double.IsNaN(sample.Value) ? "NaN" : sample.Value > 0 ? "+Inf" : "-Inf");
        json.WriteStartObject("labels");
        foreach (var (name, value) in sample.Labels)
            if (name is not (Labels.MetricName or "service"))
                json.WriteString(name, value);
        json.WriteEndObject();
        if (sample.Note is { } note)
        {
            if (note.Unit is not null) json.WriteString("unit", note.Unit);
            if (note.Id is not null) json.WriteString("id", note.Id);
            if (note.MetadataJson is not null)
            {
                json.WritePropertyName("metadata");
                json.WriteRawValue(note.MetadataJson);
            }
        }
        json.WriteEndObject();
    }

    private static string Text(long milliseconds) => milliseconds is >= -62_135_596_800_000 and <= 253_402_300_799_999
        ? DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)
        : (milliseconds / 1000m).ToString(CultureInfo.InvariantCulture);
}
