using System.Globalization;
using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Server.Logging;
using Headroom.Server.Problems;
using Headroom.Server.Query;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Headroom.Server.Keys;

/// <summary>
/// <c>GET /api/keys</c>, <c>POST /api/keys</c> with <c>{"name","scopes":[…]}</c>, <c>DELETE /api/keys/{id}</c>. Over TCP they need
/// a key with the scope <c>operate</c>, whatever else is open; over the data directory's socket its owner needs none.
/// </summary>
internal static class KeyRoutes
{
    private const int LargestBody = 16 << 10;

    public static void Map(IEndpointRouteBuilder routes, KeyRing keys, ILogger log)
    {
        routes.MapGet("/api/keys", context => AnswerAsync(context, json =>
        {
            json.WriteStartObject();
            json.WriteStartArray("keys");
            foreach (var key in keys.All) Write(json, key, null);
            json.WriteEndArray();
            json.WriteEndObject();
        })).OwnersOnly();
        routes.MapPost("/api/keys", async context =>
        {
            var (name, scopes) = await ReadAsync(context);
            var (key, text) = await keys.CreateAsync(name, KeyScopeWords.Parse(scopes), context.RequestAborted);
            Log.KeyCreated(log, key.Id, key.Name, KeyScopeWords.Word(key.Scopes));
            context.Response.StatusCode = StatusCodes.Status201Created;
            await AnswerAsync(context, json => Write(json, key, text));
        }).OwnersOnly();
        routes.MapDelete("/api/keys/{id}", async context =>
        {
            string id = (string)context.Request.RouteValues["id"]!;
            await keys.RevokeAsync(id, context.RequestAborted);
            Log.KeyRevoked(log, id);
            context.Response.StatusCode = StatusCodes.Status204NoContent;
        }).OwnersOnly();
    }

    private static async Task<(string Name, IEnumerable<string> Scopes)> ReadAsync(HttpContext context)
    {
        RequestParameters.LimitBody(context, LargestBody);
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, default, context.RequestAborted);
            var root = body.RootElement;
            return (root.GetProperty("name").GetString()!, [.. root.GetProperty("scopes").EnumerateArray().Select(s => s.GetString()!)]);
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new ProblemException(new Problem("key-request-invalid", "The body is not {\"name\":\"…\",\"scopes\":[…]}.", "body", """Send for example {"name":"grafana","scopes":["read"]}."""));
        }
    }

    private static async Task AnswerAsync(HttpContext context, Action<Utf8JsonWriter> write)
    {
        context.Response.ContentType = "application/json";
        context.Response.Headers.CacheControl = "no-store";
        await using var json = new Utf8JsonWriter(context.Response.BodyWriter, ApiJson.Options);
        write(json);
    }

    private static void Write(Utf8JsonWriter json, ApiKey key, string? text)
    {
        json.WriteStartObject();
        json.WriteString("id", key.Id);
        json.WriteString("name", key.Name);
        json.WriteStartArray("scopes");
        foreach (string word in KeyScopeWords.WordsOf(key.Scopes)) json.WriteStringValue(word);
        json.WriteEndArray();
        json.WriteString("created", key.Created.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        if (text is not null) json.WriteString("key", text);
        json.WriteEndObject();
    }
}
