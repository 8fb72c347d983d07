using System.Diagnostics;

namespace Headroom.Server.Tests.Query;

/// <summary>Prometheus's own client, as it comes, against this server.</summary>
public sealed class PromtoolTests
{
    private static readonly long Now = RunningServer.Now.ToUnixTimeSeconds();

    [Fact]
    public async Task Every_query_command_of_promtool_works()
    {
        string? promtool = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Select(d => Path.Combine(d, "promtool")).FirstOrDefault(File.Exists);
        if (promtool is null) Assert.Skip("promtool is not on PATH: install Prometheus");
        await using var server = await RunningServer.StartAsync();
        await server.StoreAsync($$"""
            up{service="api"} 1 {{(Now - 60) * 1000}}
            up{service="api"} 1 {{Now * 1000}}
            up{service="web"} 0 {{Now * 1000}}

            """);
        string url = server.Http.BaseAddress!.ToString();

        Assert.Equal($$"""
            up{service="api"} => 1 @[{{Now}}]
            up{service="web"} => 0 @[{{Now}}]
            """, await RunAsync(promtool, "query", "instant", "--time", $"{Now}", url, "up"));
        Assert.Equal($$"""
            {} =>
            1 @[{{Now - 60}}]
            1 @[{{Now}}]
            """, await RunAsync(promtool, "query", "range", "--start", $"{Now - 60}", "--end", $"{Now}", "--step", "1m", url, "sum(up)"));
        Assert.Equal("""
            {__name__="up", service="api"}
            {__name__="up", service="web"}
            """, await RunAsync(promtool, "query", "series", "--match", "up", "--start", $"{Now - 3600}", "--end", $"{Now}", url));
        Assert.Equal("""
            api
            web
            """, await RunAsync(promtool, "query", "labels", url, "service"));
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', arguments)}: {await error}");
        return string.Join('\n', (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.TrimEnd()));
    }
}
