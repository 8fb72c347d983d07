using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Headroom.Server.Hosting;
using Headroom.TestKit;
using Microsoft.Extensions.Logging;

namespace Headroom.Server.Tests;

/// <summary>The application on a free loopback port over a data directory of its own, with a virtual clock.</summary>
internal sealed class RunningServer : IAsyncDisposable
{
    /// <summary>The instant at which every server of these tests lives.</summary>
    public static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly DirectoryInfo _directory;

    private RunningServer(HeadroomServer server, DirectoryInfo directory, StringWriter log, VirtualTimeProvider time)
    {
        (Server, _directory, Log, Time) = (server, directory, log, time);
        Http = new HttpClient { BaseAddress = server.Url };
        Socket = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) => new NetworkStream((await DataSocket.TryConnectAsync(DataDirectory, cancel))!, ownsSocket: true),
        })
        { BaseAddress = new Uri("http://localhost") };
    }

    public HeadroomServer Server { get; }

    /// <summary>A client over TCP.</summary>
    public HttpClient Http { get; }

    /// <summary>A client over the data directory's socket.</summary>
    public HttpClient Socket { get; }

    /// <summary>The server's clock, unless the test brought its own.</summary>
    public VirtualTimeProvider Time { get; }

    /// <summary>What the server logged; all of it once it is stopped.</summary>
    public StringWriter Log { get; }

    public string DataDirectory => Path.Combine(_directory.FullName, "data");

    public static async Task<RunningServer> StartAsync(string? yaml = null, ServerLimits? limits = null, TimeProvider? time = null, ServerSettings? settings = null)
    {
        var directory = Directory.CreateTempSubdirectory("headroom-server-test-");
        string config = Path.Combine(directory.FullName, "headroom.yaml");
        if (yaml is not null) await File.WriteAllTextAsync(config, yaml);
        var log = new StringWriter();
        var virtualTime = new VirtualTimeProvider(Now);
        var server = await HeadroomServer.StartAsync(new ServerOptions
        {
            DataDirectory = Path.Combine(directory.FullName, "data"),
            ConfigPath = yaml is null ? null : config,
            Port = 0,
            Time = time ?? virtualTime,
            Log = TextWriter.Synchronized(log),
            MinimumLogLevel = LogLevel.Debug,
            Settings = settings ?? (limits is null ? null : new ServerSettings { Limits = limits }),
        }, CancellationToken.None);
        return new RunningServer(server, directory, log, virtualTime);
    }

    /// <summary>Sends a request with headers.</summary>
    public async Task<Answer> SendAsync(HttpMethod method, string path, string? body, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, "application/json");
        foreach (var (name, value) in headers) request.Headers.TryAddWithoutValidation(name, value);
        return await Answer.OfAsync(await Http.SendAsync(request));
    }

    /// <summary>Stops the server and gives everything it logged.</summary>
    public async Task<string> StopAsync()
    {
        await Server.DisposeAsync();
        return Log.ToString();
    }

    public async Task<Answer> GetAsync(string path) => await Answer.OfAsync(await Http.GetAsync(new Uri(path, UriKind.Relative)));

    public async Task<Answer> PostAsync(string path, string body, string contentType = "application/json") =>
        await Answer.OfAsync(await Http.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body, Encoding.UTF8, contentType)));

    public async Task<Answer> PostFormAsync(string path, params (string Name, string Value)[] fields) =>
        await Answer.OfAsync(await Http.PostAsync(new Uri(path, UriKind.Relative), new FormUrlEncodedContent(fields.Select(f => KeyValuePair.Create(f.Name, f.Value)))));

    /// <summary>Stores Prometheus text; every line must be kept.</summary>
    public async Task StoreAsync(string text)
    {
        var answer = await PostAsync("/api/v1/import/prometheus", text, "text/plain");
        Assert.Equal(HttpStatusCode.OK, answer.Status);
        Assert.Equal(0, answer.Json.GetProperty("rejected").GetInt32());
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        Socket.Dispose();
        await Server.DisposeAsync();
        _directory.Delete(recursive: true);
    }
}

/// <summary>An answer, read to its end.</summary>
internal sealed record Answer(HttpStatusCode Status, string? ContentType, string Body, HttpResponseMessage Response)
{
    public JsonElement Json => JsonDocument.Parse(Body).RootElement;

    public JsonElement Data => Json.GetProperty("data");

    public static async Task<Answer> OfAsync(HttpResponseMessage response) =>
        new(response.StatusCode, response.Content.Headers.ContentType?.MediaType, await response.Content.ReadAsStringAsync(), response);
}
