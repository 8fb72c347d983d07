using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Server.Query;

namespace Headroom.Cli.Queries;

/// <summary>
/// <c>headroom query --batch</c>: one JSON object a line in, one a line out, in the same order. A line that is wrong
/// answers with its error and the next is read.
/// </summary>
internal static class QueryBatch
{
    private const int LongestLine = 1 << 20;

    public static async Task RunAsync(IExpressionSource source, TextReader input, Stream output, CancellationToken cancel)
    {
        using var buffer = new MemoryStream();
        await using var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        while (await input.ReadLineAsync(cancel) is { } line)
        {
            if (string.IsNullOrWhiteSpace(line)) continue;
            buffer.SetLength(0);
            json.Reset();
            await AnswerAsync(source, line, json, cancel);
            await json.FlushAsync(cancel);
            buffer.WriteByte((byte)'\n');
            buffer.Position = 0;
            await buffer.CopyToAsync(output, cancel);
        }
        await output.FlushAsync(cancel);
    }

    private static async ValueTask AnswerAsync(IExpressionSource source, string line, Utf8JsonWriter json, CancellationToken cancel)
    {
        try
        {
            var answer = await EvaluateAsync(source, line, cancel);
            json.WriteStartObject();
            json.WritePropertyName("data");
            json.WriteRawValue(answer.Data.Span, skipInputValidation: true);
            Write(json, "warnings", answer.Warnings);
            Write(json, "infos", answer.Infos);
            json.WriteEndObject();
        }
        catch (Exception error) when (!cancel.IsCancellationRequested && Message(error) is { } message)
        {
            json.WriteStartObject();
            json.WriteString("error", message);
            json.WriteEndObject();
        }
    }

    private static ValueTask<Answer> EvaluateAsync(IExpressionSource source, string line, CancellationToken cancel)
    {
        if (line.Length > LongestLine) throw Wrong($"the line has more than {LongestLine} characters");
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        if (root.ValueKind != JsonValueKind.Object) throw Wrong("each line must be a JSON object");
        if (!root.TryGetProperty("query", out var query) || query.ValueKind != JsonValueKind.String) throw Wrong("\"query\" must be a text");
        string expression = query.GetString()!;
        if (!root.TryGetProperty("start", out _) && !root.TryGetProperty("end", out _) && !root.TryGetProperty("step", out _))
            return source.InstantAsync(expression, root.TryGetProperty("time", out var at) ? Time(at, "time") : source.DefaultTime, cancel);
        if (root.TryGetProperty("time", out _)) throw Wrong("give either \"time\", or \"start\", \"end\" and \"step\"");
        long start = Time(Member(root, "start"), "start");
        long end = Time(Member(root, "end"), "end");
        var step = Member(root, "step");
        if (!PrometheusTime.TryParseDuration(Text(step), out long milliseconds) || milliseconds <= 0) throw Wrong("\"step\" must be a number of seconds above 0, or a duration such as \"30s\"");
        if (end < start) throw Wrong("\"end\" must not be before \"start\"");
        return source.RangeAsync(expression, start, end, milliseconds, cancel);
    }

    private static JsonElement Member(JsonElement root, string name) => root.TryGetProperty(name, out var value) ? value : throw Wrong($"\"{name}\" is missing");

    private static long Time(JsonElement value, string name) => PrometheusTime.TryParse(Text(value), out long milliseconds)
        ? milliseconds
        : throw Wrong($"\"{name}\" must be Unix seconds or RFC 3339");

    private static string Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();

    private static ProblemException Wrong(string what) => new(new Problem("batch-line", what));

    private static string? Message(Exception error) => error switch
    {
        ProblemException problem => problem.Problems[0].What,
        JsonException json => $"the line is not JSON: {json.Message}",
        HttpRequestException => null,
        _ => null,
    };

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<string> texts)
    {
        if (texts.Count == 0) return;
        json.WriteStartArray(name);
        foreach (string text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}
