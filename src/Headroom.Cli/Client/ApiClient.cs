using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text.Json;
using Headroom.Configuration.Diagnostics;
using Headroom.Server.Problems;

namespace Headroom.Cli.Client;

/// <summary>
/// A client of Headroom's HTTP API. Errors come back as <see cref="ProblemException"/>s, exactly as the server said
/// them.
/// </summary>
internal sealed class ApiClient : IAsyncDisposable
{
    private readonly HttpClient _http;
    private readonly DataDirectoryServer? _local;

    private ApiClient(HttpClient http, DataDirectoryServer? local) => (_http, _local) = (http, local);

    /// <summary>Whether the server is the data directory's, which accepts a configuration file from its owner.</summary>
    public bool IsLocal => _local is not null;

    /// <summary>The environment variable that holds the API key for <c>--server</c>.</summary>
    public const string KeyVariable = "HEADROOM_API_KEY";

    /// <summary>A client of a server over TCP, with the API key of <see cref="KeyVariable"/> when it is set.</summary>
    public static ApiClient Remote(Uri address)
    {
        var http = NewClient(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(10) }, address);
        if (Environment.GetEnvironmentVariable(KeyVariable) is { Length: > 0 } key) http.DefaultRequestHeaders.TryAddWithoutValidation("Authorization", "Bearer " + key.Trim());
        return new(http, null);
    }

    /// <summary>
    /// A client of the server that lives in a data directory; when none does, of the same application, hosted in this
    /// process until the client is disposed.
    /// </summary>
    public static ApiClient Local(string dataDirectory, TimeProvider time, bool verbose, TextWriter log)
    {
        var local = new DataDirectoryServer(dataDirectory, time, verbose, log);
        var handler = new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) => new NetworkStream(await local.ConnectAsync(cancel), ownsSocket: true),
            ConnectTimeout = Timeout.InfiniteTimeSpan,
        };
        return new(NewClient(handler, new Uri("http://localhost")), local);
    }

    private static HttpClient NewClient(SocketsHttpHandler handler, Uri address) =>
        new(handler) { BaseAddress = address, Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Sends a request and gives its answer once the headers are there.</summary>
    /// <exception cref="ProblemException">The server refused it.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(method, path) { Content = content };
        var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancel);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw new ProblemException(await ApiErrors.ReadAsync(response, cancel));
    }

    /// <summary>Gets a JSON document.</summary>
    public Task<JsonDocument> GetJsonAsync(string path, CancellationToken cancel) => SendForJsonAsync(HttpMethod.Get, path, null, cancel);

    /// <summary>Posts a body and reads the JSON answer.</summary>
    public Task<JsonDocument> PostJsonAsync(string path, HttpContent content, CancellationToken cancel) => SendForJsonAsync(HttpMethod.Post, path, content, cancel);

    /// <summary>Posts a form and reads the JSON answer.</summary>
    public Task<JsonDocument> PostFormAsync(string path, IEnumerable<KeyValuePair<string, string>> fields, CancellationToken cancel) =>
        SendForJsonAsync(HttpMethod.Post, path, new FormUrlEncodedContent(fields), cancel);

    /// <summary>Deletes what stands at a path.</summary>
    public async Task DeleteAsync(string path, CancellationToken cancel) => (await SendAsync(HttpMethod.Delete, path, null, cancel)).Dispose();

    /// <summary>Gets a text.</summary>
    public async Task<string> GetStringAsync(string path, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, cancel);
        return await response.Content.ReadAsStringAsync(cancel);
    }

    /// <summary>Copies an answer's body to a stream.</summary>
    public async Task DownloadAsync(string path, Stream into, CancellationToken cancel)
    {
        using var response = await SendAsync(HttpMethod.Get, path, null, cancel);
        await response.Content.CopyToAsync(into, cancel);
    }

    /// <summary>A path with its query string; parameters without a value are left out.</summary>
    public static string PathWith(string path, params IEnumerable<(string Name, string? Value)> parameters)
    {
        string query = string.Join('&', parameters.Where(p => p.Value is not null).Select(p => $"{Uri.EscapeDataString(p.Name)}={Uri.EscapeDataString(p.Value!)}"));
        return query.Length == 0 ? path : path + "?" + query;
    }

    private async Task<JsonDocument> SendForJsonAsync(HttpMethod method, string path, HttpContent? content, CancellationToken cancel)
    {
        using var response = await SendAsync(method, path, content, cancel);
        await using var body = await response.Content.ReadAsStreamAsync(cancel);
        return await JsonDocument.ParseAsync(body, default, cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        if (_local is not null) await _local.DisposeAsync();
    }
}
