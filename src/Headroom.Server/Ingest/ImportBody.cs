using System.IO.Compression;
using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics;
using Headroom.Metrics.Ingest;
using Headroom.Server.Hosting;
using Headroom.Server.Import;
using Headroom.Server.Query;
using Headroom.Server.Telemetry;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace Headroom.Server.Ingest;

/// <summary>What the routes share that read bodies of any length line by line and answer with a report.</summary>
internal static class ImportBody
{
    // Without it a gzip body that breaks off reads like one that ends.
    static ImportBody() => AppContext.SetSwitch("System.IO.Compression.UseStrictValidation", true);

    /// <summary>The body, decompressed; of any length.</summary>
    /// <exception cref="BadHttpRequestException">Its encoding is neither gzip nor identity (415).</exception>
    public static Stream Open(HttpContext context)
    {
        RequestParameters.LimitBody(context, null);
        // The directory's owner may feed a pipe that stands still for a while; a stranger may not hold a connection that way.
        if (ConnectionKind.IsDataSocket(context) && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate) rate.MinDataRate = null;
        string encoding = context.Request.Headers.ContentEncoding.ToString();
        if (encoding.Length == 0 || encoding.Equals("identity", StringComparison.OrdinalIgnoreCase)) return context.Request.Body;
        if (encoding.Equals("gzip", StringComparison.OrdinalIgnoreCase)) return new GZipStream(context.Request.Body, CompressionMode.Decompress, leaveOpen: true);
        throw new BadHttpRequestException($"The body's Content-Encoding '{(encoding.Length <= 64 ? encoding : encoding[..64] + "…")}' is not supported; send it as gzip or without one.", StatusCodes.Status415UnsupportedMediaType);
    }

    /// <summary>The exception for a body whose compression is damaged; lines before the damage are kept.</summary>
    public static ProblemException Damaged(InvalidDataException damage) =>
        new(new Problem("bad-gzip", $"The body is not gzip although Content-Encoding says so, or breaks off: {damage.Message} Lines before that were kept.", "body"), damage);

    /// <summary>The labels of <c>label=name=value</c>, which may stand several times.</summary>
    public static IReadOnlyList<Label> DefaultLabels(RequestParameters parameters) => [.. parameters.All("label").Select(text =>
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals > 0 ? new Label(text[..equals], text[(equals + 1)..]) : throw RequestParameters.Invalid("label", $"'{text}' is not of the form name=value.");
    })];

    /// <summary>Counts and answers.</summary>
    public static async Task AnswerAsync(HttpContext context, ServerTelemetry telemetry, string protocol, ImportReport report)
    {
        telemetry.Accepted(protocol, report.Samples);
        telemetry.Rejected(protocol, "line", report.Rejected);
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Problems.ApiJson.Options);
        JsonSerializer.Serialize(json, report, ImportJson.Default.ImportReport);
    }
}
