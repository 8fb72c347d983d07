using System.Net;
using Headroom.Configuration.Diagnostics;
using Headroom.Server.Hosting;

namespace Headroom.Server.Tests.Hosting;

public sealed class AccessTests
{
    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("192.168.1.7")]
    [InlineData("::")]
    public void A_host_beyond_loopback_is_known_as_such(string host) => Assert.True(ListenAddress.GoBeyondLoopback(ListenAddress.Resolve(host)));

    [Fact]
    public void A_name_is_no_address_to_listen_on()
    {
        var refused = Assert.Throws<ProblemException>(() => ListenAddress.Resolve("example.com"));
        Assert.Equal("listen-host-invalid", refused.Problems[0].Code);
        Assert.NotNull(refused.Problems[0].Fix);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("127.0.0.53")]
    [InlineData("::1")]
    [InlineData("[::1]")]
    [InlineData("localhost")]
    public void Loopback_is_allowed_in_every_spelling(string host) => Assert.All(ListenAddress.Resolve(host), a => Assert.True(IPAddress.IsLoopback(a)));

    [Fact]
    public async Task A_request_that_names_another_host_is_refused_over_tcp()
    {
        await using var server = await RunningServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health") { Headers = { Host = "rebound.example.com" } };
        using var response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.MisdirectedRequest, response.StatusCode);
    }

    [Fact]
    public async Task A_page_of_another_origin_may_not_write()
    {
        await using var server = await RunningServer.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/metrics") { Content = new StringContent("""{"service_name":"a","metric_type":"b","value":1}""") };
        request.Headers.Add("Origin", "https://evil.example.com");
        using var response = await server.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.Forbidden, response.StatusCode);
    }

    [Fact]
    public async Task The_socket_belongs_to_its_owner_alone_and_goes_with_the_server()
    {
        string path;
        await using (var server = await RunningServer.StartAsync())
        {
            path = server.Server.SocketPath;
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
            Assert.Equal("healthy", (await Answer.OfAsync(await server.Socket.GetAsync(new Uri("/health", UriKind.Relative)))).Json.GetProperty("status").GetString());
        }
        Assert.False(File.Exists(path));
    }

    [Fact]
    public async Task A_socket_left_by_a_dead_server_is_replaced()
    {
        var directory = Directory.CreateTempSubdirectory("headroom-server-test-");
        try
        {
            string path = DataSocket.PathIn(directory.FullName);
            // What a server killed by SIGKILL leaves: the name of a socket that nobody listens on.
            await File.WriteAllTextAsync(path, "");
            await using var server = await HeadroomServer.StartAsync(new ServerOptions { DataDirectory = directory.FullName, Port = null, Log = TextWriter.Null }, default);
            using var socket = await DataSocket.TryConnectAsync(directory.FullName, default);
            Assert.NotNull(socket);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_directory_with_a_path_too_long_for_a_socket_works_all_the_same()
    {
        var directory = Directory.CreateTempSubdirectory("headroom-server-test-");
        try
        {
            string deep = Path.Combine(directory.FullName, new string('d', 120), "data");
            await using (await HeadroomServer.StartAsync(new ServerOptions { DataDirectory = deep, Port = null, Log = TextWriter.Null }, default))
            {
                using var socket = await DataSocket.TryConnectAsync(deep, default);
                Assert.NotNull(socket);
            }
            Assert.False(File.Exists(DataSocket.PathIn(deep)));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task A_directory_has_one_server()
    {
        await using var server = await RunningServer.StartAsync();
        var refused = await Assert.ThrowsAsync<ProblemException>(() =>
            HeadroomServer.StartAsync(new ServerOptions { DataDirectory = server.DataDirectory, Port = null, Log = TextWriter.Null }, default));
        Assert.Equal(HeadroomServer.LockedCode, refused.Problems[0].Code);
        // The one that was refused has taken nothing from the one that lives.
        Assert.Equal(HttpStatusCode.OK, (await server.Socket.GetAsync(new Uri("/ready", UriKind.Relative))).StatusCode);
    }

    [Fact]
    public async Task A_port_in_use_is_told_with_what_to_do()
    {
        await using var server = await RunningServer.StartAsync();
        var directory = Directory.CreateTempSubdirectory("headroom-server-test-");
        try
        {
            var refused = await Assert.ThrowsAsync<ProblemException>(() =>
                HeadroomServer.StartAsync(new ServerOptions { DataDirectory = directory.FullName, Port = server.Server.Url!.Port, Log = TextWriter.Null }, default));
            Assert.Equal("port-in-use", refused.Problems[0].Code);
            Assert.Contains("--port", refused.Problems[0].Fix);
            // Nothing is left behind: the directory can be opened at once.
            await using var after = await HeadroomServer.StartAsync(new ServerOptions { DataDirectory = directory.FullName, Port = null, Log = TextWriter.Null }, default);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
