using System.Net;
using System.Text;
using Headroom.Configuration.Diagnostics;
using Headroom.Server.Keys;

namespace Headroom.Server.Tests.Keys;

public sealed class KeyAccessTests
{
    private const string Sample = """{"service_name":"api","metric_type":"requests","value":1}""";
    private static readonly ServerSettings Always = new() { Keys = KeyRequirement.Always };

    [Fact]
    public async Task A_server_beyond_loopback_does_not_start_without_a_key_and_starts_with_one()
    {
        var directory = Directory.CreateTempSubdirectory("headroom-server-test-");
        try
        {
            ServerOptions Options(int? port) => new() { DataDirectory = directory.FullName, Host = "0.0.0.0", Port = port, Log = TextWriter.Null };
            var refused = await Assert.ThrowsAsync<ProblemException>(() => HeadroomServer.StartAsync(Options(0), default));
            Assert.Equal("listen-beyond-loopback", refused.Problems[0].Code);
            Assert.Contains("headroom key create", refused.Problems[0].Fix);

            string key;
            await using (var local = await HeadroomServer.StartAsync(Options(null), default)) key = await CreateAsync(local, directory.FullName, "ingest");
            await using var server = await HeadroomServer.StartAsync(Options(0), default);
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Url!.Port}") };
            Assert.Equal(HttpStatusCode.Unauthorized, (await http.PostAsync("/metrics", new StringContent(Sample))).StatusCode);
            http.DefaultRequestHeaders.Authorization = new("Bearer", key);
            Assert.Equal(HttpStatusCode.OK, (await http.PostAsync("/metrics", new StringContent(Sample))).StatusCode);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Each_scope_opens_its_routes_and_no_others()
    {
        await using var server = await RunningServer.StartAsync(settings: Always);
        var keys = new Dictionary<string, string>();
        foreach (string scope in KeyScopeWords.All) keys[scope] = await CreateAsync(server.Server, server.DataDirectory, scope);
        async Task<HttpStatusCode> Ask(HttpMethod method, string path, string? body, string scope) =>
            (await server.SendAsync(method, path, body, ("Authorization", "Bearer " + keys[scope]))).Status;
        foreach (string scope in KeyScopeWords.All)
        {
            Assert.Equal(scope == "ingest" ? HttpStatusCode.OK : HttpStatusCode.Forbidden, await Ask(HttpMethod.Post, "/metrics", Sample, scope));
            Assert.Equal(scope == "read" ? HttpStatusCode.OK : HttpStatusCode.Forbidden, await Ask(HttpMethod.Get, "/api/v1/query?query=requests", null, scope));
            Assert.Equal(scope == "read" ? HttpStatusCode.OK : HttpStatusCode.Forbidden, await Ask(HttpMethod.Get, "/metrics", null, scope));
            Assert.Equal(scope == "operate" ? HttpStatusCode.OK : HttpStatusCode.Forbidden, await Ask(HttpMethod.Get, "/api/keys", null, scope));
        }
    }

    [Fact]
    public async Task Without_a_key_only_liveness_is_told_and_the_answer_says_what_is_missing()
    {
        await using var server = await RunningServer.StartAsync(settings: Always);
        Assert.All(["/health", "/ready"], path => Assert.Equal(HttpStatusCode.OK, server.GetAsync(path).Result.Status));
        foreach (var (pattern, method) in server.Server.Routes.Where(r => r.Pattern is not ("/health" or "/ready")))
        {
            var answer = await server.SendAsync(new HttpMethod(method), pattern.Replace("{name}", "job").Replace("{id}", "x"), method == "POST" ? "{}" : null);
            Assert.True(answer.Status == HttpStatusCode.Unauthorized, $"{method} {pattern}: {answer.Status}");
            // OTLP has an envelope of its own.
            if (!pattern.StartsWith("/v1/", StringComparison.Ordinal)) Assert.Equal("key-required", answer.Json.GetProperty("code").GetString());
            Assert.Contains(answer.Response.Headers.WwwAuthenticate, h => h.Scheme == "Bearer");
        }
    }

    [Fact]
    public async Task A_key_may_come_as_bearer_as_header_and_as_a_password()
    {
        await using var server = await RunningServer.StartAsync(settings: Always);
        string key = await CreateAsync(server.Server, server.DataDirectory, "read");
        string basic = Convert.ToBase64String(Encoding.UTF8.GetBytes("anyone:" + key));
        foreach (var header in ((string, string)[])[("Authorization", "Bearer " + key), ("authorization", "bearer " + key), ("X-Api-Key", key), ("Authorization", "Basic " + basic)])
            Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Get, "/api/v1/labels", null, header)).Status);
        foreach (var header in ((string, string)[])[("Authorization", key), ("Authorization", "Basic " + key), ("Authorization", "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(key))), ("X-Api-Key", ""), ("Authorization", "Bearer " + new string('x', 5000))])
            Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync(HttpMethod.Get, "/api/v1/labels", null, header)).Status);
    }

    [Fact]
    public async Task Keys_are_made_over_the_socket_and_never_over_tcp_without_one()
    {
        await using var server = await RunningServer.StartAsync();
        // Loopback is open for measurements, not for making keys.
        Assert.Equal(HttpStatusCode.OK, (await server.GetAsync("/api/v1/labels")).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.PostAsync("/api/keys", """{"name":"x","scopes":["operate"]}""")).Status);
        string key = await CreateAsync(server.Server, server.DataDirectory, "operate");
        var listed = await server.SendAsync(HttpMethod.Get, "/api/keys", null, ("X-Api-Key", key));
        Assert.DoesNotContain(key.Split('_', 3)[2], listed.Body);
        var one = Assert.Single(listed.Json.GetProperty("keys").EnumerateArray());
        Assert.Equal(HttpStatusCode.NoContent, (await server.SendAsync(HttpMethod.Delete, "/api/keys/" + one.GetProperty("id").GetString(), null, ("X-Api-Key", key))).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await server.SendAsync(HttpMethod.Get, "/api/keys", null, ("X-Api-Key", key))).Status);
    }

    [Theory]
    [InlineData("nonsense", "key-request-invalid")]
    [InlineData("""{"name":"x"}""", "key-request-invalid")]
    [InlineData("""{"name":"x","scopes":["root"]}""", "key-scope-invalid")]
    [InlineData("""{"name":null,"scopes":["read"]}""", "key-name-invalid")]
    public async Task A_request_for_a_key_that_cannot_be_met_says_why(string body, string code)
    {
        await using var server = await RunningServer.StartAsync();
        var answer = await Answer.OfAsync(await server.Socket.PostAsync("/api/keys", new StringContent(body)));
        Assert.Equal((HttpStatusCode.BadRequest, code), (answer.Status, answer.Json.GetProperty("code").GetString()));
    }

    [Fact]
    public async Task No_key_and_no_header_ever_reaches_the_log()
    {
        string log, key;
        await using (var server = await RunningServer.StartAsync(settings: Always with { Logging = new() { Format = Headroom.Server.Logging.LogFormat.Json } }))
        {
            key = await CreateAsync(server.Server, server.DataDirectory, "ingest");
            string wrong = key[..^4] + "AAAA";
            await server.SendAsync(HttpMethod.Post, "/metrics", Sample, ("Authorization", "Bearer " + key));
            await server.SendAsync(HttpMethod.Post, "/metrics", "nonsense", ("X-Api-Key", key));
            await server.SendAsync(HttpMethod.Get, "/api/v1/labels", null, ("Authorization", "Bearer " + key));
            await server.SendAsync(HttpMethod.Get, "/api/v1/labels", null, ("Authorization", "Bearer " + wrong));
            log = await server.StopAsync();
        }
        Assert.Contains("was answered 401", log);
        Assert.Contains("was answered 403", log);
        Assert.Contains("was created", log);
        Assert.DoesNotContain(key.Split('_', 3)[2][..20], log);
        Assert.DoesNotContain("Bearer", log);
    }

    [Fact]
    public async Task A_page_of_another_origin_is_refused_also_where_keys_are_needed()
    {
        await using var server = await RunningServer.StartAsync(settings: Always);
        string key = await CreateAsync(server.Server, server.DataDirectory, "ingest");
        Assert.Equal(HttpStatusCode.Forbidden, (await server.SendAsync(HttpMethod.Post, "/metrics", Sample, ("X-Api-Key", key), ("Origin", "https://evil.example.com"))).Status);
        Assert.Equal(HttpStatusCode.OK, (await server.SendAsync(HttpMethod.Post, "/metrics", Sample, ("X-Api-Key", key), ("Host", "metrics.example.com"), ("Origin", "https://metrics.example.com"))).Status);
    }

    internal static async Task<string> CreateAsync(HeadroomServer server, string directory, params string[] scopes)
    {
        using var socket = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) => new System.Net.Sockets.NetworkStream((await Headroom.Server.Hosting.DataSocket.TryConnectAsync(directory, cancel))!, ownsSocket: true),
        })
        { BaseAddress = new Uri("http://localhost") };
        var answer = await Answer.OfAsync(await socket.PostAsync("/api/keys", new StringContent($$"""{"name":"test","scopes":["{{string.Join("\",\"", scopes)}}"]}""")));
        Assert.Equal(HttpStatusCode.Created, answer.Status);
        return answer.Json.GetProperty("key").GetString()!;
    }
}
