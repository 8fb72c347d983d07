using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Amazon.Runtime;
using Headroom.Aws.Signing;
using Headroom.Metrics.Prometheus;

namespace Headroom.Aws.Tests.Signing;

/// <summary>Signatures are worked out again here, from AWS's description of the algorithm, and compared.</summary>
public sealed class SigV4RequestSignerTests
{
    private const string Access = "AKIDEXAMPLE", Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";

    [Theory]
    [InlineData("POST", "/workspaces/ws-1/api/v1/remote_write", "")]
    [InlineData("GET", "/workspaces/ws-1/api/v1/label/job/values", "?match%5B%5D=%7Bjob%3D%22a%22%7D&start=1")]
    public async Task A_request_carries_the_signature_that_the_algorithm_gives(string method, string path, string query)
    {
        var seen = new Capture();
        using var client = new HttpClient(new SigV4RequestSigner(new BasicAWSCredentials(Access, Secret)).Sign(new SigV4Settings("eu-west-1"), seen));
        byte[] body = method == "POST" ? [1, 2, 3] : [];
        using var request = new HttpRequestMessage(new HttpMethod(method), "https://aps-workspaces.eu-west-1.amazonaws.com" + path + query);
        if (body.Length > 0) request.Content = new ByteArrayContent(body);
        using var _ = await client.SendAsync(request, TestContext.Current.CancellationToken);

        string authorization = seen.Headers["authorization"];
        Assert.Contains("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/", authorization, StringComparison.Ordinal);
        Assert.Contains("/eu-west-1/aps/aws4_request", authorization, StringComparison.Ordinal);
        Assert.Equal(Expected(method, path, query, body, seen.Headers, authorization), Part(authorization, "Signature="));
        Assert.DoesNotContain(Secret, string.Join('\n', seen.Headers.Values), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_session_token_goes_along()
    {
        var seen = new Capture();
        using var client = new HttpClient(new SigV4RequestSigner(new SessionAWSCredentials(Access, Secret, "token")).Sign(new SigV4Settings("us-east-1", "execute-api"), seen));
        using var _ = await client.GetAsync(new Uri("https://example.com/"), TestContext.Current.CancellationToken);
        Assert.Equal("token", seen.Headers["x-amz-security-token"]);
        Assert.Contains("/us-east-1/execute-api/", seen.Headers["authorization"], StringComparison.Ordinal);
    }

    private static string Expected(string method, string path, string query, byte[] body, Dictionary<string, string> headers, string authorization)
    {
        string[] signed = Part(authorization, "SignedHeaders=").Split(';');
        string canonicalQuery = string.Join('&', query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal));
        string payload = headers.TryGetValue("x-amz-content-sha256", out string? declared) ? declared : Hex(SHA256.HashData(body));
        string canonical = $"{method}\n{path}\n{canonicalQuery}\n{string.Concat(signed.Select(h => $"{h}:{headers[h].Trim()}\n"))}\n{string.Join(';', signed)}\n{payload}";
        string time = headers["x-amz-date"], day = time[..8];
        string scope = Part(authorization, "Credential=").Split('/', 2)[1];
        string toSign = $"AWS4-HMAC-SHA256\n{time}\n{scope}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        byte[] key = Encoding.UTF8.GetBytes("AWS4" + Secret);
        foreach (string part in (string[])[day, "eu-west-1", "aps", "aws4_request"]) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
    }

    private static string Part(string authorization, string name)
    {
        int at = authorization.IndexOf(name, StringComparison.Ordinal) + name.Length;
        int end = authorization.IndexOf(',', at);
        return end < 0 ? authorization[at..] : authorization[at..end];
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);

    private sealed class Capture : HttpMessageHandler
    {
        public Dictionary<string, string> Headers { get; } = new(StringComparer.OrdinalIgnoreCase);

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            foreach (var (name, values) in request.Headers.NonValidated) Headers[name] = string.Join(",", values);
            if (request.Content is not null)
                foreach (var (name, values) in request.Content.Headers.NonValidated) Headers[name] = string.Join(",", values);
            Headers.TryAdd("host", request.RequestUri!.Authority.ToString(CultureInfo.InvariantCulture));
            return Task.FromResult(new HttpResponseMessage());
        }
    }
}
