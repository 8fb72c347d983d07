using System.Text.Json;
using System.Text.Json.Serialization;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Storage;
using Headroom.Server.Hosting;
using Headroom.Server.Keys;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Headroom.Server.Data;

/// <summary>
/// <c>/api/data</c>: what the data directory holds, and what keeps it in order. A backup names a directory of the machine,
/// so it is taken only from the data directory's owner, over its socket.
/// </summary>
internal sealed class DataRoutes(EmbeddedStore store)
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/api/data", context => AnswerAsync(context, DataInfo.Of(store.Info()))).Reads();
        routes.MapPost("/api/data/verify", VerifyAsync).Reads().Needs(KeyScopes.Operate);
        routes.MapPost("/api/data/compact", CompactAsync).Writes().Needs(KeyScopes.Operate);
        routes.MapPost("/api/data/backup", BackupAsync).Reads().Needs(KeyScopes.Operate);
    }

    private async Task VerifyAsync(HttpContext context)
    {
        var verified = await Task.Run(() => store.VerifyAsync(context.RequestAborted), context.RequestAborted);
        await AnswerAsync(context, DataVerification.Of(verified));
    }

    private async Task CompactAsync(HttpContext context)
    {
        var before = store.Info().Stats;
        await Task.Run(async () =>
        {
            await store.FlushAsync(context.RequestAborted);
            await store.CompactAsync(all: true, context.RequestAborted);
        }, context.RequestAborted);
        var after = store.Info().Stats;
        await AnswerAsync(context, new DataCompaction(before.Blocks, after.Blocks, before.BlockBytes, after.BlockBytes, before.Samples, after.Samples));
    }

    private async Task BackupAsync(HttpContext context)
    {
        if (!ConnectionKind.IsDataSocket(context))
            throw new ProblemException(new Problem("backup-not-allowed", "A backup can be asked for only over the data directory's socket.", "/api/data/backup",
                "Run 'headroom data backup' on the server's machine, with its --data."));
        string directory = RequestParameters.OfQuery(context).Required("directory");
        if (!Path.IsPathRooted(directory)) throw RequestParameters.Invalid("directory", "the path must be absolute.");
        await AnswerAsync(context, DataBackup.Of(await Task.Run(() => store.BackupAsync(directory, context.RequestAborted), context.RequestAborted)));
    }

    private static async Task AnswerAsync<T>(HttpContext context, T answer)
    {
        context.Response.ContentType = "application/json";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, Problems.ApiJson.Options);
        JsonSerializer.Serialize(json, answer, typeof(T), DataJson.Default);
    }
}

/// <summary>The shapes of <c>/api/data</c>, in camelCase; durations are PromQL's, times RFC 3339.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = false)]
[JsonSerializable(typeof(DataInfo))]
[JsonSerializable(typeof(DataVerification))]
[JsonSerializable(typeof(DataCompaction))]
[JsonSerializable(typeof(DataBackup))]
[JsonSerializable(typeof(DataRestoration))]
[JsonSerializable(typeof(DataDeletion))]
public sealed partial class DataJson : JsonSerializerContext;
