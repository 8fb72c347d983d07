using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using Headroom.Ingest.Bench;

// Sends samples to a server and prints what they cost it: CPU seconds of the whole process, from the first measured
// request until it is idle again, so that work put off is counted too.
//   ingest NAME URL PID text|remote-write SERIES SAMPLES
var (name, url, pid, kind, series, samples) = (args[0], args[1], args[2], args[3], int.Parse(args[4], CultureInfo.InvariantCulture), int.Parse(args[5], CultureInfo.InvariantCulture));
bool text = kind == "text";
// Prometheus sends 2,000 samples a request; a scrape or a backup brings thousands of lines.
int perRequest = text ? 10_000 : 2000;
int warmUp = samples;
var bodies = new Bodies(series, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 15_000 * 15_000 - (long)(samples + warmUp) / series * 15_000);
using var http = new HttpClient { BaseAddress = new Uri(url), Timeout = TimeSpan.FromMinutes(2) };

await SendAsync(warmUp);
await IdleAsync();
double before = CpuSeconds();
double seconds = await SendAsync(samples);
double acknowledged = CpuSeconds() - before;
await IdleAsync();
double cpu = CpuSeconds() - before;
Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
    $"{name,-16} {kind,-13} {series,9:N0} series {samples / acknowledged / 1e6,6:0.00} M samples/CPU s until acknowledged, {samples / cpu / 1e6,6:0.00} until idle, {samples / seconds / 1e6,6:0.00} M/s"));

// Bodies are made a part at a time, so that they need not all be held; while they are, no clock runs.
async Task<double> SendAsync(int count)
{
    double sending = 0;
    for (int left = count; left > 0;)
    {
        var bodiesOfPart = new List<byte[]>();
        for (int part = Math.Min(left, 500_000); part > 0; part -= perRequest, left -= perRequest)
            bodiesOfPart.Add(text ? bodies.Text(perRequest) : bodies.RemoteWrite(perRequest));
        var wall = Stopwatch.StartNew();
        foreach (byte[] body in bodiesOfPart) await PostAsync(body);
        sending += wall.Elapsed.TotalSeconds;
    }
    return sending;
}

async Task PostAsync(byte[] body)
{
    using var content = new ByteArrayContent(body);
    content.Headers.ContentType = MediaTypeHeaderValue.Parse(text ? "text/plain; version=0.0.4" : "application/x-protobuf");
    if (!text)
    {
        content.Headers.ContentEncoding.Add("snappy");
        content.Headers.Add("X-Prometheus-Remote-Write-Version", "0.1.0");
    }
    using var response = await http.PostAsync(new Uri(text ? "/api/v1/import/prometheus" : "/api/v1/write", UriKind.Relative), content);
    if (!response.IsSuccessStatusCode) throw new InvalidOperationException($"{(int)response.StatusCode}: {await response.Content.ReadAsStringAsync()}");
}

// Less than 2% of a core for two seconds.
async Task IdleAsync()
{
    for (int i = 0; i < 60; i++)
    {
        double at = CpuSeconds();
        await Task.Delay(2000);
        if (CpuSeconds() - at < 0.04) return;
    }
}

double CpuSeconds()
{
    string stat = File.ReadAllText($"/proc/{pid}/stat");
    string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
    return (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture)) / 100.0;
}
