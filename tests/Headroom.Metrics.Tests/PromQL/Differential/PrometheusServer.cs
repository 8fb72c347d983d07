using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Headroom.Metrics.PromQL.Output;

namespace Headroom.Metrics.Tests.PromQL.Differential;

/// <summary>A real Prometheus with given samples, for as long as this object lives. Listens on loopback only.</summary>
internal sealed class PrometheusServer : IDisposable
{
    private readonly DirectoryInfo _directory;
    private readonly HttpClient _client;
    private Process? _process;

    private PrometheusServer(DirectoryInfo directory, int port)
    {
        _directory = directory;
        _client = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}"), Timeout = TimeSpan.FromSeconds(60) };
    }

    /// <summary>Why it cannot be used here; null when it can.</summary>
    public static string? Missing()
    {
        foreach (string program in (string[])["prometheus", "promtool"])
            if (Find(program) is null) return $"{program} is not on PATH";
        return null;
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);

    public static PrometheusServer Start(IReadOnlyList<DataSet.SeriesData> data, int port)
    {
        var directory = Directory.CreateTempSubdirectory("headroom-promql-");
        var server = new PrometheusServer(directory, port);
        try
        {
            string input = Path.Combine(directory.FullName, "data.om");
            WriteOpenMetrics(data, input);
            using (var tool = Process.Start(new ProcessStartInfo(Find("promtool")!, ["tsdb", "create-blocks-from", "openmetrics", "--quiet", input, Path.Combine(directory.FullName, "tsdb")]) { RedirectStandardOutput = true, RedirectStandardError = true })!)
            {
                string errors = tool.StandardError.ReadToEnd();
                tool.WaitForExit();
                Assert.True(tool.ExitCode == 0, errors);
            }
            string config = Path.Combine(directory.FullName, "prometheus.yml");
            File.WriteAllText(config, "global: {}\n");
            server._process = Process.Start(new ProcessStartInfo(Find("prometheus")!,
                [$"--config.file={config}", $"--storage.tsdb.path={Path.Combine(directory.FullName, "tsdb")}", $"--web.listen-address=127.0.0.1:{port}", "--storage.tsdb.retention.time=100y", "--log.level=error"])
            { RedirectStandardOutput = true, RedirectStandardError = true })!;
            server._process.ErrorDataReceived += static (_, _) => { };
            server._process.BeginErrorReadLine();
            server.WaitUntilReady();
            return server;
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void WriteOpenMetrics(IReadOnlyList<DataSet.SeriesData> data, string path)
    {
        using var writer = new StreamWriter(path);
        foreach (var family in data.GroupBy(s => s.Labels.Name))
        {
            writer.Write($"# TYPE {family.Key} unknown\n");
            foreach (var series in family)
            {
                string labels = string.Join(",", series.Labels.Where(l => l.Name != Labels.MetricName).Select(l => $"{l.Name}=\"{l.Value}\""));
                foreach (var (time, value) in series.Samples)
                    writer.Write(string.Create(CultureInfo.InvariantCulture, $"{family.Key}{{{labels}}} {GoFloat.Json(value)} {time / 1000}.{time % 1000:000}\n"));
            }
        }
        writer.Write("# EOF\n");
    }

    private void WaitUntilReady()
    {
        for (int attempt = 0; attempt < 600; attempt++)
        {
            Assert.False(_process!.HasExited, "prometheus ended");
            try
            {
                using var response = _client.Send(new HttpRequestMessage(HttpMethod.Get, "/-/ready"));
                if (response.IsSuccessStatusCode) return;
            }
            catch (HttpRequestException)
            {
            }
            _process.WaitForExit(50);
        }
        Assert.Fail("prometheus was not ready in time");
    }

    /// <summary>The answer's <c>data</c> object, or null and the error.</summary>
    public (JsonElement? Data, string Error) Query(string expression, long start, long end, long step)
    {
        bool range = step > 0;
        var form = new Dictionary<string, string> { ["query"] = expression };
        if (range)
        {
            form["start"] = Seconds(start);
            form["end"] = Seconds(end);
            form["step"] = Seconds(step);
        }
        else form["time"] = Seconds(start);
        using var request = new HttpRequestMessage(HttpMethod.Post, range ? "/api/v1/query_range" : "/api/v1/query") { Content = new FormUrlEncodedContent(form) };
        using var response = _client.Send(request);
        using var reader = new StreamReader(response.Content.ReadAsStream(), Encoding.UTF8);
        var root = JsonDocument.Parse(reader.ReadToEnd()).RootElement;
        return root.GetProperty("status").GetString() == "success" ? (root.GetProperty("data"), "") : (null, root.GetProperty("error").GetString()!);
    }

    private static string Seconds(long milliseconds) => (milliseconds / 1000m).ToString("0.000", CultureInfo.InvariantCulture);

    public void Dispose()
    {
        if (_process is { HasExited: false })
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process?.Dispose();
        _client.Dispose();
        _directory.Delete(recursive: true);
    }
}
