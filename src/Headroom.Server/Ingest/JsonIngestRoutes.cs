using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics;
using Headroom.Metrics.Ingest.Json;
using Headroom.Server.Hosting;
using Headroom.Server.Problems;
using Headroom.Server.Query;
using Headroom.Server.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Ingest;

/// <summary>
/// <c>POST /metrics</c>. Good items of a batch are kept whatever the others are: 200 as long as one is durable, with a
/// problem for each that is not; a request of which nothing can be kept is answered 400, 413 or 422.
/// </summary>
internal sealed class JsonIngestRoutes(IMetricsBackend backend, ServerLimits limits, TimeProvider time, ServerTelemetry telemetry)
{
    private const string Protocol = "json";
    private const int ProblemsListed = 100;

    private readonly JsonWriteParser _parser = new(new JsonIngestOptions { MaxBodyBytes = (int)limits.IngestBodyBytes }, time);

    public void Map(IEndpointRouteBuilder routes) => routes.MapPost("/metrics", PostAsync).Writes();

    private async Task PostAsync(HttpContext context)
    {
        // A body somewhat too long is still read to its end: closing the connection under a client that is sending would
        // keep it from seeing why.
        RequestParameters.LimitBody(context, limits.IngestBodyBytes * 4);
        var write = await ReadAsync(context.Request.BodyReader, context.RequestAborted);
        if (write.BodyProblem is { } refused)
        {
            telemetry.Rejected(Protocol, refused.Code, 1);
            throw new ProblemException(refused);
        }

        // Whoever sent it may be gone by now; what was read is written all the same, so that a retry with ids is a repeat.
        var outcome = write.Request.Count > 0
            ? await backend.AppendAsync(write.Request, CancellationToken.None)
            : new WriteOutcome(0, 0, [], 0);
        List<Problem> problems = [.. write.Problems, .. outcome.Rejections.Select(write.ToProblem)];
        int rejected = write.RejectedItems + outcome.Rejected;
        telemetry.Accepted(Protocol, outcome.Accepted);
        telemetry.Rejected(Protocol, "invalid", write.RejectedItems);
        foreach (var group in outcome.Rejections.GroupBy(r => r.Code)) telemetry.Rejected(Protocol, group.Key, group.Count());

        if (outcome.Accepted == 0 && rejected > 0) throw new ProblemException([.. problems.Take(ProblemsListed)]);
        await AnswerAsync(context, outcome, rejected, problems);
    }

    private async ValueTask<JsonWrite> ReadAsync(PipeReader body, CancellationToken cancel)
    {
        bool tooLong = false;
        while (true)
        {
            var read = await body.ReadAsync(cancel);
            tooLong |= read.Buffer.Length > limits.IngestBodyBytes;
            if (!read.IsCompleted)
            {
                body.AdvanceTo(tooLong ? read.Buffer.End : read.Buffer.Start, read.Buffer.End);
                continue;
            }
            if (tooLong)
                throw new ProblemException(new Problem("body-too-large", $"The body has more than {limits.IngestBodyBytes} bytes.", "body", "Send fewer items per request.") { Kind = ProblemKind.TooLarge });
            var write = read.Buffer.IsSingleSegment ? _parser.Parse(read.Buffer.FirstSpan) : ParseSegments(read.Buffer);
            body.AdvanceTo(read.Buffer.End);
            return write;
        }
    }

    private JsonWrite ParseSegments(ReadOnlySequence<byte> body)
    {
        byte[] whole = ArrayPool<byte>.Shared.Rent((int)body.Length);
        try
        {
            body.CopyTo(whole);
            return _parser.Parse(whole.AsSpan(0, (int)body.Length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(whole);
        }
    }

    private static async Task AnswerAsync(HttpContext context, WriteOutcome outcome, int rejected, List<Problem> problems)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ApiJson.Options);
        json.WriteStartObject();
        json.WriteNumber("accepted", outcome.Accepted);
        json.WriteNumber("repeated", outcome.Repeated);
        json.WriteNumber("rejected", rejected);
        if (problems.Count > 0)
        {
            json.WriteStartArray("problems");
            foreach (var problem in problems.Take(ProblemsListed))
                JsonSerializer.Serialize(json, new ProblemEntry(problem.Code, problem.What, problem.Where, problem.Fix), ProblemJson.Default.ProblemEntry);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
