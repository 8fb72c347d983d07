using System.Net;
using System.Text.Json;

namespace Headroom.Server.Tests.Data;

public sealed class DataRoutesTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await RunningServer.StartAsync("""
            project: test
            metrics: { retention: { raw: 7d, 5m: 30d, 1h: 400d }, limits: { series: 5 } }
            """);
        long now = RunningServer.Now.ToUnixTimeMilliseconds();
        await _server.StoreAsync($"a{{service=\"x\"}} 1 {now - 60_000}\na{{service=\"y\"}} 2 {now - 60_000}\nb{{service=\"x\"}} 3 {now - 60_000}\nb{{service=\"x\"}} 4 {now}\n");
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task The_data_directory_says_what_it_holds_by_resolution()
    {
        Assert.Equal(HttpStatusCode.OK, (await PostAsync("/api/data/compact")).Status);
        var info = (await _server.GetAsync("/api/data")).Json;
        Assert.Equal((3, 5, 4), (info.GetProperty("series").GetInt32(), info.GetProperty("maxSeries").GetInt32(), info.GetProperty("samples").GetInt32()));
        var resolutions = info.GetProperty("resolutions").EnumerateArray().Select(r => (r.GetProperty("name").GetString(), r.GetProperty("retention").GetString(), r.GetProperty("samples").GetInt32()));
        Assert.Equal([("raw", "7d", 4), ("5m", "30d", 0), ("1h", "400d", 0)], resolutions);
        Assert.Equal("2026-03-01T12:00:00+00:00", info.GetProperty("resolutions")[0].GetProperty("lastTime").GetString());
    }

    [Fact]
    public async Task A_limit_of_the_settings_refuses_further_series_and_keeps_the_rest()
    {
        long now = RunningServer.Now.ToUnixTimeMilliseconds();
        var answer = await _server.PostAsync("/api/v1/import/prometheus", string.Concat(Enumerable.Range(0, 4).Select(i => $"c{{n=\"{i}\"}} 1 {now}\n")), "text/plain");
        Assert.Equal((2, 2), (answer.Json.GetProperty("samples").GetInt32(), answer.Json.GetProperty("rejected").GetInt32()));
        Assert.Contains("too-many-series", answer.Body);
    }

    [Fact]
    public async Task Deleted_series_are_gone_from_answers_at_once_also_from_kept_ones()
    {
        Assert.Equal(2, await SeriesAsync("a"));
        var deleted = await _server.PostFormAsync("/api/v1/admin/tsdb/delete_series", ("match[]", "a{service=\"x\"}"), ("match[]", "nothing"));
        Assert.Equal((HttpStatusCode.NoContent, ""), (deleted.Status, deleted.Body));
        Assert.Equal(1, await SeriesAsync("a"));
        Assert.Equal(1, (await _server.GetAsync("/api/data")).Json.GetProperty("pendingDeletions").GetInt32());
        Assert.Equal(HttpStatusCode.NoContent, (await PostAsync("/api/v1/admin/tsdb/clean_tombstones")).Status);
        Assert.Equal(0, (await _server.GetAsync("/api/data")).Json.GetProperty("pendingDeletions").GetInt32());
        Assert.Equal(1, await SeriesAsync("a"));
    }

    [Fact]
    public async Task A_deletion_takes_a_time_range()
    {
        long now = RunningServer.Now.ToUnixTimeSeconds();
        await _server.PostFormAsync("/api/v1/admin/tsdb/delete_series", ("match[]", "b"), ("end", $"{now - 1}"));
        var values = (await _server.GetAsync($"/api/v1/query?query=b[1h]&time={now}")).Data.GetProperty("result")[0].GetProperty("values");
        Assert.Equal("4", Assert.Single(values.EnumerateArray().ToList())[1].GetString());
    }

    [Theory]
    [InlineData("", "match[]")]
    [InlineData("match[]=a{", "match[]")]
    [InlineData("match[]=a&start=2&end=1", "end")]
    public async Task A_deletion_that_names_nothing_or_nonsense_is_refused(string query, string names)
    {
        var refused = await PostAsync("/api/v1/admin/tsdb/delete_series?" + query);
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains(names, refused.Body);
        Assert.Equal(2, await SeriesAsync("a"));
    }

    [Fact]
    public async Task A_verification_reads_everything()
    {
        await PostAsync("/api/data/compact");
        var verified = (await PostAsync("/api/data/verify")).Json;
        Assert.Equal((1, 4), (verified.GetProperty("blocks").GetInt32(), verified.GetProperty("samples").GetInt32()));
        string chunks = Assert.Single(Directory.EnumerateFiles(_server.DataDirectory, "chunks", SearchOption.AllDirectories));
        byte[] bytes = await File.ReadAllBytesAsync(chunks, TestContext.Current.CancellationToken);
        bytes[^1] ^= 1;
        await File.WriteAllBytesAsync(chunks, bytes, TestContext.Current.CancellationToken);
        var damaged = await PostAsync("/api/data/verify");
        Assert.Equal(HttpStatusCode.InternalServerError, damaged.Status);
        Assert.Contains("store-damaged", damaged.Body);
        Assert.Contains(JsonEncodedText.Encode(chunks).ToString() + ", byte ", damaged.Body);
    }

    [Fact]
    public async Task A_backup_is_taken_over_the_socket_only()
    {
        string backups = Path.Combine(Path.GetDirectoryName(_server.DataDirectory)!, "backups");
        string path = "/api/data/backup?directory=" + Uri.EscapeDataString(backups);
        var refused = await PostAsync(path);
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("backup-not-allowed", refused.Body);
        var made = await Answer.OfAsync(await _server.Socket.PostAsync(new Uri(path, UriKind.Relative), new StringContent("")));
        Assert.Equal(Path.Combine(backups, "20260301T120000Z"), made.Json.GetProperty("directory").GetString());
        Assert.Equal(4, made.Json.GetProperty("verified").GetProperty("samples").GetInt32());
        var relative = await Answer.OfAsync(await _server.Socket.PostAsync(new Uri("/api/data/backup?directory=here", UriKind.Relative), new StringContent("")));
        Assert.Equal(HttpStatusCode.BadRequest, relative.Status);
    }

    private Task<Answer> PostAsync(string path) => _server.PostAsync(path, "", "text/plain");

    private async Task<int> SeriesAsync(string query) =>
        (await _server.GetAsync($"/api/v1/query?query={query}&time={RunningServer.Now.ToUnixTimeSeconds()}")).Data.GetProperty("result").GetArrayLength();
}
