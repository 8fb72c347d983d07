using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using Headroom.Resilience.Retry;
using Polly;

namespace Headroom.Resilience.Tests.Retry;

public sealed class ResilienceHttpHandlerTests : IDisposable
{
    private readonly InstantClock _time = new();
    private readonly FakeServer _server = new();

    [Fact]
    public async Task A_get_is_repeated_until_it_succeeds_and_failed_responses_are_released()
    {
        _server.Answers(HttpStatusCode.ServiceUnavailable, HttpStatusCode.InternalServerError, HttpStatusCode.OK);
        using HttpClient client = Client();

        using HttpResponseMessage response = await client.GetAsync(new Uri("http://shop/"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(3, _server.Bodies.Count);
        Assert.Equal([true, true, false], _server.Responses.Select(r => r.Released));
    }

    [Fact]
    public async Task Retry_after_in_seconds_is_obeyed()
    {
        _server.Answers(HttpStatusCode.TooManyRequests, HttpStatusCode.OK);
        _server.RetryAfter = new RetryConditionHeaderValue(TimeSpan.FromSeconds(17));
        using HttpClient client = Client();

        await client.GetAsync(new Uri("http://shop/"), TestContext.Current.CancellationToken);

        Assert.InRange(Assert.Single(_time.Delays).TotalSeconds, 17, 17 * 1.1);
    }

    [Fact]
    public async Task A_date_in_retry_after_counts_from_the_servers_own_clock()
    {
        _server.Answers(HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK);
        var far = new DateTimeOffset(2040, 5, 1, 12, 0, 0, TimeSpan.Zero);
        _server.Date = far;
        _server.RetryAfter = new RetryConditionHeaderValue(far.AddSeconds(12));
        using HttpClient client = Client();

        await client.GetAsync(new Uri("http://shop/"), TestContext.Current.CancellationToken);

        Assert.InRange(Assert.Single(_time.Delays).TotalSeconds, 12, 12 * 1.1);
    }

    [Fact]
    public async Task A_put_is_repeated_with_the_same_content()
    {
        _server.Answers(HttpStatusCode.BadGateway, HttpStatusCode.OK);
        using HttpClient client = Client();

        await client.PutAsJsonAsync(new Uri("http://shop/"), new { name = "tea" }, TestContext.Current.CancellationToken);

        Assert.Equal(["""{"name":"tea"}""", """{"name":"tea"}"""], _server.Bodies);
    }

    [Fact]
    public async Task A_post_is_not_repeated_unless_it_carries_an_idempotency_key()
    {
        _server.Answers(HttpStatusCode.BadGateway, HttpStatusCode.BadGateway, HttpStatusCode.OK);
        using HttpClient client = Client();

        using HttpResponseMessage plain = await client.PostAsync(new Uri("http://shop/"), new StringContent("a"), TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.BadGateway, plain.StatusCode);
        Assert.Single(_server.Bodies);

        using var keyed = new HttpRequestMessage(HttpMethod.Post, "http://shop/") { Content = new StringContent("b") };
        keyed.Headers.Add("Idempotency-Key", "1");
        using HttpResponseMessage repeated = await client.SendAsync(keyed, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, repeated.StatusCode);
    }

    [Fact]
    public async Task Content_too_large_to_keep_is_sent_once()
    {
        _server.Answers(HttpStatusCode.BadGateway, HttpStatusCode.OK);
        using HttpClient client = Client();

        using HttpResponseMessage response = await client.PutAsync(new Uri("http://shop/"), new StringContent(new string('x', 100)), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
    }

    [Fact]
    public async Task Json_too_large_to_keep_is_still_sent_once()
    {
        _server.Answers(HttpStatusCode.BadGateway);
        using HttpClient client = Client();

        using HttpResponseMessage response = await client.PutAsJsonAsync(new Uri("http://shop/"), new string('x', 100), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal(102, Assert.Single(_server.Bodies).Length);
    }

    [Fact]
    public async Task A_stream_of_unknown_length_is_sent_once_and_whole()
    {
        _server.Answers(HttpStatusCode.BadGateway);
        using HttpClient client = Client();

        using HttpResponseMessage response = await client.PutAsync(new Uri("http://shop/"), new StreamContent(new OneWayStream("streamed"u8.ToArray())), TestContext.Current.CancellationToken);

        Assert.Equal("streamed", Assert.Single(_server.Bodies));
    }

    [Fact]
    public void Synchronous_sends_are_repeated_too()
    {
        _server.Answers(HttpStatusCode.ServiceUnavailable, HttpStatusCode.OK);
        using HttpClient client = Client();

        using HttpResponseMessage response = client.Send(new HttpRequestMessage(HttpMethod.Get, "http://shop/"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    public void Dispose() => _server.Dispose();

    private HttpClient Client()
    {
        ResiliencePipeline<HttpResponseMessage> pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = _time }
            .AddBudgetedRetry().Build();
        return new HttpClient(new ResilienceHttpHandler(pipeline, _server) { MaxKeptContent = 64 });
    }

    private sealed class FakeServer : HttpMessageHandler
    {
        private readonly Queue<HttpStatusCode> _answers = new();

        public List<string> Bodies { get; } = [];

        public List<WatchedResponse> Responses { get; } = [];

        public RetryConditionHeaderValue? RetryAfter { get; set; }

        public DateTimeOffset? Date { get; set; }

        public void Answers(params HttpStatusCode[] answers)
        {
            foreach (HttpStatusCode answer in answers) _answers.Enqueue(answer);
        }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Bodies.Add(request.Content is null ? "" : await request.Content.ReadAsStringAsync(cancellationToken));
            return Answer();
        }

        protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Bodies.Add("");
            return Answer();
        }

        private WatchedResponse Answer()
        {
            var response = new WatchedResponse(_answers.Dequeue());
            if (!response.IsSuccessStatusCode)
            {
                response.Headers.RetryAfter = RetryAfter;
                response.Headers.Date = Date;
            }

            Responses.Add(response);
            return response;
        }
    }

    private sealed class WatchedResponse(HttpStatusCode status) : HttpResponseMessage(status)
    {
        public bool Released { get; private set; }

        protected override void Dispose(bool disposing)
        {
            Released = true;
            base.Dispose(disposing);
        }
    }

    private sealed class OneWayStream(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
