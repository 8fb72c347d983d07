using System.Net;
using System.Text;

namespace Headroom.Metrics.Tests.Prometheus;

/// <summary>A cluster that answers what a test tells it to, and remembers what it was asked.</summary>
internal sealed class ScriptedCluster : HttpMessageHandler
{
    public List<(string Path, string Headers, byte[] Body)> Requests { get; } = [];

    /// <summary>Answers a remote write; the default takes everything.</summary>
    public Func<HttpRequestMessage, byte[], HttpResponseMessage> OnWrite { get; set; } = static (_, _) => new HttpResponseMessage(HttpStatusCode.NoContent);

    /// <summary>Answers a query; the default is the scalar 2.</summary>
    public Func<string, HttpResponseMessage> OnQuery { get; set; } = static _ => Json("""{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}""");

    public IEnumerable<(string Path, string Headers, byte[] Body)> Writes => Requests.Where(r => r.Path.EndsWith("/write", StringComparison.Ordinal));

    public static HttpResponseMessage Json(string text, HttpStatusCode status = HttpStatusCode.OK) =>
        new(status) { Content = new StringContent(text, Encoding.UTF8, "application/json") };

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        byte[] body = request.Content is null ? [] : await request.Content.ReadAsByteArrayAsync(cancellationToken);
        string path = request.RequestUri!.AbsolutePath;
        lock (Requests) Requests.Add((path, request.Headers.ToString() + request.Content?.Headers, body));
        var response = path switch
        {
            _ when path.EndsWith("/write", StringComparison.Ordinal) => OnWrite(request, body),
            _ when path.EndsWith("/buildinfo", StringComparison.Ordinal) => Json("""{"status":"success","data":{"version":"3.8.0"}}"""),
            _ when path.EndsWith("/metadata", StringComparison.Ordinal) => Json("""{"status":"success","data":{}}"""),
            _ when path.EndsWith("/query_exemplars", StringComparison.Ordinal) => Json("""{"status":"success","data":[]}"""),
            _ => OnQuery(Uri.UnescapeDataString(Encoding.UTF8.GetString(body))),
        };
        response.RequestMessage = request;
        return response;
    }
}
