using System.Diagnostics;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Serving;

/// <summary><c>headroom serve</c> as a process of its own, on a free port.</summary>
internal sealed class RunningProgram : IAsyncDisposable
{
    private const string Announcement = "Headroom listens on ";

    private readonly StringBuilder _error = new();

    private RunningProgram(Process process, Uri url)
    {
        Process = process;
        Http = new HttpClient { BaseAddress = url };
    }

    public Process Process { get; }

    public HttpClient Http { get; }

    public Uri Url => Http.BaseAddress!;

    /// <summary>What it has written to standard error.</summary>
    public string Error
    {
        get { lock (_error) return _error.ToString(); }
    }

    public static async Task<RunningProgram> StartAsync(HeadroomRun headroom, params string[] arguments)
    {
        var process = headroom.Start(["serve", "--port", "0", .. arguments]);
        string? line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromMinutes(1));
        if (line?.StartsWith(Announcement, StringComparison.Ordinal) != true)
            throw new InvalidOperationException($"serve did not start: {line} {await process.StandardError.ReadToEndAsync()}");
        var running = new RunningProgram(process, new Uri(line[Announcement.Length..]));
        process.ErrorDataReceived += (_, e) =>
        {
            lock (running._error) running._error.AppendLine(e.Data);
        };
        process.BeginErrorReadLine();
        return running;
    }

    public async Task<JsonElement> QueryAsync(string expression, long time) =>
        (await Http.GetFromJsonAsync<JsonElement>($"/api/v1/query?query={Uri.EscapeDataString(expression)}&time={time}")).GetProperty("data").GetProperty("result");

    /// <summary>Sends a signal and waits for the end.</summary>
    /// <returns>The exit code.</returns>
    public async Task<int> SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", ["-" + signal, Process.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await Process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        return Process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!Process.HasExited) Process.Kill(entireProcessTree: true);
        await Process.WaitForExitAsync();
        Process.Dispose();
    }
}
