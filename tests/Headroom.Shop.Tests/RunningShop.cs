using System.Diagnostics;
using System.Net.Http.Json;

namespace Headroom.Shop.Tests;

/// <summary>The built shop in its own process, as the demo starts it.</summary>
internal sealed class RunningShop : IAsyncDisposable
{
    private RunningShop(Process process, Uri address) => (Process, Client) = (process, new HttpClient { BaseAddress = address });

    public Process Process { get; }

    public HttpClient Client { get; }

    public static ProcessStartInfo Command(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "Headroom.Shop.dll"));
        foreach (string argument in arguments) start.ArgumentList.Add(argument);
        return start;
    }

    public static async Task<RunningShop> StartAsync(params string[] arguments)
    {
        var process = Process.Start(Command([.. arguments, "--exit-with-parent"]))!;
        string? line = await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken);
        Assert.StartsWith("listening on http://127.0.0.1:", line, StringComparison.Ordinal);
        return new RunningShop(process, new Uri(line!["listening on ".Length..]));
    }

    public Task<HttpResponseMessage> Get(string path) => Client.GetAsync(path, TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> Post(string path, object body) => Client.PostAsJsonAsync(path, body, TestContext.Current.CancellationToken);

    public Task<HttpResponseMessage> Put(string path, object body) => Client.PutAsJsonAsync(path, body, TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        if (!Process.HasExited) Process.StandardInput.Close();
        await Process.WaitForExitAsync(CancellationToken.None);
        Process.Dispose();
    }
}
