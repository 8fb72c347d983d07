using System.Globalization;
using System.Net.Http.Headers;
using Headroom.IngestLatency.Bench;

// Usage: URL [requests per second] [seconds] [seconds of warm-up]
var url = new Uri(args[0]);
double rate = args.Length > 1 ? double.Parse(args[1], CultureInfo.InvariantCulture) : 1_000;
double seconds = args.Length > 2 ? double.Parse(args[2], CultureInfo.InvariantCulture) : 30;
double warmUp = args.Length > 3 ? double.Parse(args[3], CultureInfo.InvariantCulture) : 5;

using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 }) { Timeout = TimeSpan.FromSeconds(10) };
var random = new Random(1);

async Task<bool> SendAsync()
{
    string value;
    lock (random) value = (0.001 + (0.1 * random.NextDouble())).ToString("R", CultureInfo.InvariantCulture);
    using var body = new StringContent($$$"""{"service_name":"bench","metric_type":"request_duration","value":{{{value}}},"unit":"s","labels":{"route":"/r{{{value[^1]}}}"}}""", new MediaTypeHeaderValue("application/json"));
    using var answer = await http.PostAsync(new Uri(url, "/metrics"), body);
    return answer.IsSuccessStatusCode;
}

await OpenModel.RunAsync(SendAsync, rate, warmUp);
var result = await OpenModel.RunAsync(SendAsync, rate, seconds);
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{result.Sent} requests at {rate:0}/s, {result.Failed} failed, sent at most {result.WorstLateness * 1000:0.00} ms late; from the due instant to the end of the answer, ms:"));
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"p50 {result.Percentile(50) * 1000:0.00}  p90 {result.Percentile(90) * 1000:0.00}  p95 {result.Percentile(95) * 1000:0.00}  p99 {result.Percentile(99) * 1000:0.00}  p99.9 {result.Percentile(99.9) * 1000:0.00}  max {result.Percentile(100) * 1000:0.00}"));
return result.Failed == 0 ? 0 : 1;
