using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Server.Problems;

namespace Headroom.Cli.Client;

/// <summary>Reads what a server says about a request it refused: problem+json, or the Prometheus API's envelope.</summary>
internal static class ApiErrors
{
    // What the Prometheus API puts before every error in an expression.
    private const string InvalidQuery = "invalid parameter \"query\": ";

    private static string Without(string prefix, string text) => text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text;

    public static async Task<IReadOnlyList<Problem>> ReadAsync(HttpResponseMessage response, CancellationToken cancel)
    {
        string body = await response.Content.ReadAsStringAsync(cancel);
        try
        {
            if (response.Content.Headers.ContentType?.MediaType == ProblemDocument.MediaType
                && JsonSerializer.Deserialize(body, ProblemJson.Default.ProblemDocument) is { } document)
                return document.ToProblems();
            using var json = JsonDocument.Parse(body);
            if (json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("errorType", out var type) && json.RootElement.TryGetProperty("error", out var message))
                return [new Problem(type.GetString()!, Without(InvalidQuery, message.GetString()!), message.GetString()!.StartsWith(InvalidQuery, StringComparison.Ordinal) ? "query" : null)
                {
                    Kind = type.GetString() switch { "bad_data" => ProblemKind.Invalid, "timeout" or "unavailable" => ProblemKind.Unavailable, "execution" => ProblemKind.Unprocessable, _ => ProblemKind.Failed },
                }];
        }
        catch (JsonException)
        {
            // Not an answer of ours; say what it is below.
        }
        return [new Problem("unexpected-answer", $"The server answered {(int)response.StatusCode} {response.ReasonPhrase}.",
            response.RequestMessage?.RequestUri?.ToString(), "Check that this is the address of a Headroom server.") { Kind = ProblemKind.Failed }];
    }
}
