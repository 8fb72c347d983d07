using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Headroom.Metrics.Tests.Prometheus;

/// <summary>A real server from Debian's packages on a free loopback port, with a directory of its own, for as long as this object lives.</summary>
internal sealed class Peer : IDisposable
{
    private readonly DirectoryInfo _directory;
    private readonly Process _process;

    private Peer(DirectoryInfo directory, Process process, Uri url) => (_directory, _process, Url) = (directory, process, url);

    public Uri Url { get; }

    /// <summary>Where a program of that name is; null when it is not installed.</summary>
    public static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);

    /// <summary>A Prometheus that takes remote writes; further arguments turn features on.</summary>
    public static Peer Prometheus(params string[] arguments)
    {
        var directory = Directory.CreateTempSubdirectory("headroom-prometheus-");
        string config = Path.Combine(directory.FullName, "prometheus.yml");
        File.WriteAllText(config, "global: {}\nstorage: { tsdb: { out_of_order_time_window: 30m } }\n");
        return Start(directory, "prometheus", "/-/ready", port =>
        [
            $"--config.file={config}", $"--storage.tsdb.path={Path.Combine(directory.FullName, "data")}", $"--web.listen-address=127.0.0.1:{port}",
            "--storage.tsdb.retention.time=100y", "--log.level=error", "--web.enable-remote-write-receiver", .. arguments,
        ]);
    }

    /// <summary>A VictoriaMetrics that shows what was written at once.</summary>
    public static Peer VictoriaMetrics()
    {
        var directory = Directory.CreateTempSubdirectory("headroom-victoria-");
        return Start(directory, "victoria-metrics", "/health", port =>
        [
            $"-storageDataPath={Path.Combine(directory.FullName, "data")}", $"-httpListenAddr=127.0.0.1:{port}", "-retentionPeriod=100y",
            "-search.latencyOffset=0s", "-search.disableCache", "-loggerLevel=ERROR", "-memory.allowedBytes=256MB",
        ]);
    }

    private static Peer Start(DirectoryInfo directory, string program, string health, Func<int, string[]> arguments)
    {
        int port = FreePort();
        var process = Process.Start(new ProcessStartInfo(Find(program)!, arguments(port)) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var peer = new Peer(directory, process, new Uri($"http://127.0.0.1:{port}"));
        using var client = new HttpClient { BaseAddress = peer.Url };
        for (int attempt = 0; attempt < 600; attempt++)
        {
            if (process.HasExited) break;
            try
            {
                using var response = client.Send(new HttpRequestMessage(HttpMethod.Get, health));
                if (response.IsSuccessStatusCode) return peer;
            }
            catch (HttpRequestException)
            {
                // Not listening yet.
            }
            process.WaitForExit(50);
        }
        peer.Dispose();
        throw new InvalidOperationException($"{program} did not start");
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            _process.WaitForExit();
        }
        _process.Dispose();
        _directory.Delete(recursive: true);
    }
}
