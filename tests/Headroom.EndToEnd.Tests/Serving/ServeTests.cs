using System.Net;
using System.Text;
using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Serving;

public sealed class ServeTests
{
    private const string Item = """{"service_name":"api","metric_type":"depth","value":3,"timestamp":"2026-01-01T00:00:00Z"}""";

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 0)]
    public async Task A_signal_ends_it_cleanly(string signal, int exit)
    {
        using var headroom = new HeadroomRun();
        await using (var server = await RunningProgram.StartAsync(headroom))
        {
            await PostAsync(server, Item);
            Assert.Equal(exit, await server.SignalAsync(signal));
            Assert.Contains("[1002]", server.Error);
        }
        Assert.False(File.Exists(Path.Combine(headroom.Data, "headroom.sock")));
        Assert.Contains("3", (await headroom.SucceedAsync("query", "depth", "--at", "2026-01-01T00:01:00Z")).Output);
    }

    [Fact]
    public async Task Commands_beside_a_server_use_it()
    {
        using var headroom = new HeadroomRun();
        await using var server = await RunningProgram.StartAsync(headroom);
        headroom.Write("cpu.csv", "timestamp,value\n2026-01-01T00:00:00Z,50\n");
        headroom.Write("headroom.yaml", "project: p\nkpis:\n  - { name: CPU, query: cpu, target: \"< 60\" }\n");
        await headroom.SucceedAsync("import", "csv", "cpu.csv");
        Assert.Equal("50", (await server.QueryAsync("cpu", 1767225660))[0].GetProperty("value")[1].GetString());
        // The server was started without a configuration; the command judges by the one it finds.
        Assert.Contains("met", (await headroom.SucceedAsync("status", "--at", "2026-01-01T00:01:00Z")).Output);
        Assert.Contains("50", (await headroom.SucceedAsync("query", "cpu", "--at", "2026-01-01T00:01:00Z", "--server", server.Url.ToString(), "--data", "elsewhere")).Output);
        Assert.False(Directory.Exists(Path.Combine(headroom.Directory, "elsewhere")));
    }

    [Fact]
    public async Task A_second_server_on_the_same_directory_is_refused()
    {
        using var headroom = new HeadroomRun();
        await using var server = await RunningProgram.StartAsync(headroom);
        var second = await headroom.RunAsync("serve", "--port", "0");
        Assert.Equal(1, second.ExitCode);
        Assert.Contains(".headroom", second.Error);
        Assert.Contains("fix:", second.Error);
        Assert.Equal(HttpStatusCode.OK, (await server.Http.GetAsync(new Uri("/ready", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task A_port_in_use_and_a_host_beyond_loopback_are_told()
    {
        using var headroom = new HeadroomRun();
        await using var server = await RunningProgram.StartAsync(headroom);
        var inUse = await headroom.RunAsync("serve", "--data", "other", "--port", server.Url.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal((1, true), (inUse.ExitCode, inUse.Error.Contains("in use", StringComparison.Ordinal)));
        var open = await headroom.RunAsync("serve", "--data", "other", "--host", "0.0.0.0");
        Assert.Equal((2, true), (open.ExitCode, open.Error.Contains("no API key", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_damaged_data_directory_is_refused_with_file_and_place_and_left_as_it_is()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("m.csv", "timestamp,value\n" + string.Concat(Enumerable.Range(0, 50_000).Select(i => $"{1_700_000_000 + i},{i}\n")));
        await headroom.SucceedAsync("import", "csv", "m.csv");
        string log = Directory.GetFiles(Path.Combine(headroom.Data, "wal")).MaxBy(f => new FileInfo(f).Length)!;
        byte[] bytes = await File.ReadAllBytesAsync(log);
        bytes[bytes.Length / 2] ^= 0x40;
        await File.WriteAllBytesAsync(log, bytes);
        var refused = await headroom.RunAsync("query", "m");
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains(Path.GetFileName(log), refused.Error);
        Assert.Contains("fix:", refused.Error);
        Assert.Equal(bytes, await File.ReadAllBytesAsync(log));
    }

    [Fact]
    public async Task A_page_shows_the_kpis_or_what_to_do()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("headroom.yaml", "project: p\nkpis:\n  - { name: Queue depth, query: depth, target: \"< 60\" }\n");
        await using (var server = await RunningProgram.StartAsync(headroom, "-c", "headroom.yaml"))
            Assert.Contains("Queue depth", await server.Http.GetStringAsync(new Uri("/", UriKind.Relative)));
        await using (var server = await RunningProgram.StartAsync(headroom, "--data", "other"))
            Assert.Contains("<html", await (await server.Http.GetAsync(new Uri("/", UriKind.Relative))).Content.ReadAsStringAsync());
    }

    private static async Task PostAsync(RunningProgram server, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using var response = await server.Http.PostAsync(new Uri("/metrics", UriKind.Relative), content);
        response.EnsureSuccessStatusCode();
    }
}
