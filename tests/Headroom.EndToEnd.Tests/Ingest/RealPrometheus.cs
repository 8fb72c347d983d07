using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Headroom.EndToEnd.Tests.Ingest;

/// <summary>An unmodified Prometheus with a configuration of the test's, for as long as this object lives. Listens on loopback only.</summary>
internal sealed class RealPrometheus : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("headroom-prometheus-");
    private readonly Process _process;

    private RealPrometheus(string yaml, int port)
    {
        string config = Path.Combine(_directory.FullName, "prometheus.yml");
        File.WriteAllText(config, yaml);
        _process = Process.Start(new ProcessStartInfo(Find("prometheus")!,
            [$"--config.file={config}", $"--storage.tsdb.path={Path.Combine(_directory.FullName, "tsdb")}", $"--web.listen-address=127.0.0.1:{port}", "--enable-feature=native-histograms,exemplar-storage", "--log.level=warn"])
        { RedirectStandardOutput = true, RedirectStandardError = true })!;
        _process.OutputDataReceived += static (_, _) => { };
        _process.ErrorDataReceived += (_, line) => Errors += line.Data + "\n";
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it complained of.</summary>
    public string Errors { get; private set; } = "";

    /// <summary>Whether there is one on this machine.</summary>
    public static bool IsInstalled => Find("prometheus") is not null;

    public static RealPrometheus Start(string yaml, int port) => new(yaml, port);

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _directory.Delete(recursive: true);
    }

    private static string? Find(string program) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator).Select(d => Path.Combine(d, program)).FirstOrDefault(File.Exists);
}
