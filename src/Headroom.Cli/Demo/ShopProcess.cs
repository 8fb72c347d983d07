using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Headroom.Cli.Processes;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Cli.Demo;

/// <summary>The small shop that the demo measures: its own process, so that it is measured as a real service would be.</summary>
internal sealed class ShopProcess : IAsyncDisposable
{
    private const string Announcement = "listening on ";

    // The shop starts in well under a second; only a machine in distress needs longer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly ChildProcess _process;
    private readonly HttpClient _http;

    private ShopProcess(ChildProcess process, Uri url)
    {
        _process = process;
        Url = url;
        _http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(5) };
    }

    /// <summary>Where it listens.</summary>
    public Uri Url { get; }

    /// <summary>Starts the shop and waits until it listens.</summary>
    /// <exception cref="ProblemException">It is not beside the program, or does not start.</exception>
    public static async Task<ShopProcess> StartAsync(int seed, TimeProvider time, CancellationToken cancel)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "samples", "shop", "Headroom.Shop.dll");
        if (!File.Exists(program))
            throw new ProblemException(new Problem("shop-missing", "The demo's shop is not beside the program.", program,
                "Build again: dotnet build src/Headroom.Cli") { Kind = ProblemKind.Failed });
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var process = ChildProcess.Start(DotnetPath(), [program, "--port", "0", "--seed", seed.ToString(CultureInfo.InvariantCulture), "--exit-with-parent"], line =>
        {
            if (line.StartsWith(Announcement, StringComparison.Ordinal)) listening.TrySetResult(new Uri(line[Announcement.Length..]));
        });
        try
        {
            var ended = process.WaitForExitAsync(cancel);
            var first = await Task.WhenAny(listening.Task, ended).WaitAsync(Patience, time, cancel);
            if (first == ended) throw Failed(process, $"it ended with exit code {process.ExitCode}");
            return new ShopProcess(process, await listening.Task);
        }
        catch (TimeoutException)
        {
            await process.DisposeAsync();
            throw Failed(process, $"it did not listen within {Patience.TotalSeconds:0} s");
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Multiplies an endpoint's service time.</summary>
    public async Task SlowDownAsync(string endpoint, double factor, CancellationToken cancel)
    {
        using var body = new StringContent(string.Create(CultureInfo.InvariantCulture, $$"""{"slowBy":{{factor}}}"""), Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        using var response = await _http.PutAsync(new Uri($"/faults/{endpoint}", UriKind.Relative), body, cancel);
        response.EnsureSuccessStatusCode();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _process.DisposeAsync();
    }

    // The shop runs on the runtime that runs this program, wherever that is installed.
    private static string DotnetPath() => Environment.ProcessPath is { } path && Path.GetFileNameWithoutExtension(path) == "dotnet"
        ? path
        : Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";

    private static ProblemException Failed(ChildProcess process, string how) => new(new Problem("shop-failed",
        $"The demo's shop did not start: {how}.", null, process.LastLines.Length > 0 ? process.LastLines : null) { Kind = ProblemKind.Failed });
}
