using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.Channels;
using Headroom.Cli.Client;

namespace Headroom.Cli.Demo;

/// <summary>
/// Sends what the driver measured to <c>POST /metrics</c>, as any program would: every response time as a value of a
/// distribution, about once a second; and when all is measured, each second's median per endpoint.
/// </summary>
internal sealed class Measurements(ApiClient api, TimeProvider time)
{
    private const int ItemsPerRequest = 5_000;
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    private readonly Channel<RequestResult> _results = Channel.CreateBounded<RequestResult>(new BoundedChannelOptions(100_000) { SingleReader = true });
    private readonly List<RequestResult> _sent = [];

    /// <summary>Everything measured and sent so far.</summary>
    public IReadOnlyList<RequestResult> Sent => _sent;

    /// <summary>Takes a result; safe from any thread.</summary>
    public void Add(RequestResult result)
    {
        if (!_results.Writer.TryWrite(result)) throw new InvalidOperationException("the measurements are not being sent");
    }

    /// <summary>Sends results about once a second until the traffic ends, and then the rest.</summary>
    /// <param name="traffic">Ends when every request was answered.</param>
    /// <param name="cancel">Stops sending.</param>
    public async Task SendWhileAsync(Task traffic, CancellationToken cancel)
    {
        while (!traffic.IsCompleted)
        {
            await Task.WhenAny(traffic, Task.Delay(Every, time, cancel));
            cancel.ThrowIfCancellationRequested();
            await DrainAsync(cancel);
        }
        await traffic;
        await DrainAsync(cancel);
    }

    /// <summary>Sends each second's median per endpoint for the requests that were due in a window.</summary>
    public Task SendMediansAsync(DateTimeOffset from, DateTimeOffset to, CancellationToken cancel)
    {
        long start = from.ToUnixTimeMilliseconds();
        long end = to.ToUnixTimeMilliseconds();
        var medians = _sent.Where(r => r.Intended >= start && r.Intended < end)
            .GroupBy(r => (r.Kind.Name, Second: (r.Intended - start) / 1000))
            .OrderBy(g => g.Key.Second)
            .Select(g => new Median(g.Key.Name, start + ((g.Key.Second + 1) * 1000), MedianOf([.. g.Select(r => r.Seconds).Order()])));
        return PostAsync([.. medians], WriteMedian, cancel);
    }

    private async Task DrainAsync(CancellationToken cancel)
    {
        var batch = new List<RequestResult>();
        while (_results.Reader.TryRead(out var result)) batch.Add(result);
        await PostAsync(batch, WriteDuration, cancel);
        _sent.AddRange(batch);
    }

    private async Task PostAsync<T>(IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write, CancellationToken cancel)
    {
        foreach (var chunk in items.Chunk(ItemsPerRequest))
        {
            using var body = new MemoryStream();
            await using (var json = new Utf8JsonWriter(body))
            {
                json.WriteStartArray();
                foreach (var item in chunk) write(json, item);
                json.WriteEndArray();
            }
            body.Position = 0;
            using var content = new StreamContent(body);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            using var answer = await api.PostJsonAsync("/metrics", content, cancel);
        }
    }

    private static double MedianOf(double[] sorted) => sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;

    private static void WriteDuration(Utf8JsonWriter json, RequestResult result)
    {
        Begin(json, DemoConfiguration.DurationMetric, "distribution", result.Seconds, result.Intended);
        json.WriteStartObject("labels");
        json.WriteString("endpoint", result.Kind.Name);
        json.WriteString("code", result.Code);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteMedian(Utf8JsonWriter json, Median median)
    {
        Begin(json, DemoConfiguration.MedianMetric, "gauge", median.Seconds, median.Time);
        json.WriteStartObject("labels");
        json.WriteString("endpoint", median.Endpoint);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Begin(Utf8JsonWriter json, string metric, string kind, double value, long milliseconds)
    {
        json.WriteStartObject();
        json.WriteString("service_name", DemoConfiguration.Service);
        json.WriteString("metric_type", metric);
        json.WriteString("kind", kind);
        json.WriteString("unit", "s");
        json.WriteNumber("value", value);
        json.WriteNumber("timestamp", milliseconds);
    }

    /// <summary>The median response time of an endpoint's requests that were due in one second, stamped with its end.</summary>
    private readonly record struct Median(string Endpoint, long Time, double Seconds);
}
