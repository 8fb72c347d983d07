using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Headroom.Cli.Client;

namespace Headroom.Cli.Queries;

/// <summary>Expressions over the stored measurements, evaluated by the server.</summary>
internal sealed class ApiExpressions(ApiClient api, TimeProvider time) : IExpressionSource
{
    public long DefaultTime => time.GetUtcNow().ToUnixTimeMilliseconds();

    public ValueTask<Answer> InstantAsync(string expression, long time, CancellationToken cancel) =>
        AskAsync("/api/v1/query", [new("query", expression), new("time", Seconds(time))], cancel);

    public ValueTask<Answer> RangeAsync(string expression, long start, long end, long step, CancellationToken cancel) =>
        AskAsync("/api/v1/query_range", [new("query", expression), new("start", Seconds(start)), new("end", Seconds(end)), new("step", Seconds(step))], cancel);

    public ValueTask DisposeAsync() => api.DisposeAsync();

    private async ValueTask<Answer> AskAsync(string path, IEnumerable<KeyValuePair<string, string>> fields, CancellationToken cancel)
    {
        using var document = await api.PostFormAsync(path, fields, cancel);
        var root = document.RootElement;
        return new Answer(JsonMarshal.GetRawUtf8Value(root.GetProperty("data")).ToArray(), Texts(root, "warnings"), Texts(root, "infos"));
    }

    private static string Seconds(long milliseconds) => (milliseconds / 1000m).ToString(CultureInfo.InvariantCulture);

    private static IReadOnlyList<string> Texts(JsonElement root, string name) =>
        root.TryGetProperty(name, out var texts) ? [.. texts.EnumerateArray().Select(t => t.GetString()!)] : [];
}
