using System.Net;
using Headroom.EndToEnd.Tests.Program;
using Headroom.EndToEnd.Tests.Serving;

namespace Headroom.EndToEnd.Tests.Keys;

public sealed class KeyCommandTests
{
    [Fact]
    public async Task A_server_for_the_network_starts_once_there_is_a_key_and_takes_it()
    {
        using var headroom = new HeadroomRun();
        var refused = await headroom.RunAsync("serve", "--host", "0.0.0.0", "--port", "0");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("headroom key create", refused.Error);

        var made = await headroom.SucceedAsync("key", "create", "agents", "--scope", "ingest,read");
        string key = Assert.Single(made.Lines);
        Assert.StartsWith("hr_", key);
        Assert.DoesNotContain(key, made.Error);

        await using var server = await RunningProgram.StartAsync(headroom, "--host", "0.0.0.0");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Url.Port}") };
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/api/v1/labels")).StatusCode);
        http.DefaultRequestHeaders.Add("Authorization", "Bearer " + key);
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync("/api/v1/labels")).StatusCode);

        // The program itself takes the key from the environment.
        string query = $"HEADROOM_API_KEY={key} dotnet '{Repository.Program}' query 'vector(1)' --server http://127.0.0.1:{server.Url.Port}";
        Assert.Equal(0, (await headroom.ShellAsync(query)).ExitCode);
        Assert.Equal(2, (await headroom.ShellAsync(query.Replace(key, "hr_wrong"))).ExitCode);

        // Over the socket its owner needs none; what is revoked there opens nothing from then on.
        var listed = await headroom.SucceedAsync("key", "list", "--output", "json");
        string id = Assert.Single(listed.Json.GetProperty("keys").EnumerateArray()).GetProperty("id").GetString()!;
        Assert.Contains("agents  ingest,read", (await headroom.SucceedAsync("key", "list")).Output);
        await headroom.SucceedAsync("key", "revoke", id);
        Assert.Equal(HttpStatusCode.Unauthorized, (await http.GetAsync("/api/v1/labels")).StatusCode);
        Assert.DoesNotContain(key[16..], server.Error);
    }

    [Fact]
    public async Task What_cannot_be_is_said_with_a_way_out()
    {
        using var headroom = new HeadroomRun();
        var scope = await headroom.RunAsync("key", "create", "x", "--scope", "root");
        Assert.Equal(2, scope.ExitCode);
        Assert.Contains("ingest, read, operate", scope.Error);
        var unknown = await headroom.RunAsync("key", "revoke", "nothing");
        Assert.Equal(1, unknown.ExitCode);
        Assert.Contains("headroom key list", unknown.Error);
    }
}
