using System.Net;
using Headroom.Objectives.Alarms;
using Headroom.Server.Alarms;
using Headroom.TestKit;

namespace Headroom.Server.Tests.Alarms;

public sealed class ChannelTests
{
    private static readonly WebhookAction Hook = new(new Uri("https://hooks.example/S3CRET?token=S3CRET"), new Dictionary<string, string> { ["Authorization"] = "Bearer S3CRET", ["X-Team"] = "shop" }) { Timeout = TimeSpan.FromSeconds(5) };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_webhook_posts_json_with_its_key_and_headers()
    {
        var server = new Answers(HttpStatusCode.NoContent);
        using var channel = new WebhookChannel(new VirtualTimeProvider(), server);
        Assert.Null(await channel.PerformAsync(Hook, "key-1", "slow", """{"version":1}""", Cancel));
        var request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "key-1", "Bearer S3CRET", "shop", """{"version":1}""", "application/json"), (request.Method, request.Key, request.Authorization, request.Team, request.Body, request.Type));
    }

    [Fact]
    public async Task What_may_pass_by_itself_is_tried_again_with_the_same_key()
    {
        var server = new Answers(HttpStatusCode.ServiceUnavailable, HttpStatusCode.InternalServerError, HttpStatusCode.OK);
        Assert.Null(await PerformAsync(server));
        Assert.Equal(["key-1", "key-1", "key-1"], server.Requests.Select(r => r.Key));
    }

    [Fact]
    public async Task A_refusal_is_not_tried_again_at_once_and_shows_no_secret()
    {
        var server = new Answers(HttpStatusCode.Unauthorized);
        Assert.Equal("it answered 401", await PerformAsync(server));
        Assert.Single(server.Requests);
        Assert.Equal("it answered 302", await PerformAsync(new Answers(HttpStatusCode.Found)));
    }

    [Fact]
    public async Task A_server_that_cannot_be_reached_or_does_not_answer_is_said_without_its_address()
    {
        string? unreachable = await PerformAsync(new Answers { Throws = () => new HttpRequestException(HttpRequestError.NameResolutionError, "hooks.example/S3CRET") });
        Assert.Equal("it cannot be reached (NameResolutionError)", unreachable);
        Assert.Equal("it did not answer within 5 s", await PerformAsync(new Answers { Hangs = true }));
    }

    [Fact]
    public async Task A_command_gets_the_notification_and_its_key()
    {
        using var folder = new Folder();
        var channel = new CommandChannel(() => folder.Path, TimeProvider.System);
        string? failure = await channel.PerformAsync(new CommandAction(["/bin/sh", "-c", "cat > body; printf '%s %s' \"$HEADROOM_ALARM\" \"$HEADROOM_IDEMPOTENCY_KEY\" > env"]), "key-1", "slow", """{"version":1}""", Cancel);
        Assert.Null(failure);
        Assert.Equal(("""{"version":1}""", "slow key-1"), (await File.ReadAllTextAsync(System.IO.Path.Combine(folder.Path, "body"), Cancel), await File.ReadAllTextAsync(System.IO.Path.Combine(folder.Path, "env"), Cancel)));
    }

    [Theory]
    [InlineData("exit 3", "it ended with exit code 3")]
    [InlineData("exec 0<&-; exit 0", null)]
    [InlineData("yes | head -c 1000000; yes | head -c 1000000 >&2", null)]
    public async Task How_a_command_ends_is_its_outcome(string script, string? expected) =>
        Assert.Equal(expected, await new CommandChannel(() => null, TimeProvider.System).PerformAsync(new CommandAction(["/bin/sh", "-c", script]) { Timeout = TimeSpan.FromMinutes(1) }, "k", "a", new string('x', 1_000_000), Cancel));

    [Fact]
    public async Task A_command_that_takes_too_long_is_killed_with_what_it_started()
    {
        string? failure = await new CommandChannel(() => null, TimeProvider.System).PerformAsync(new CommandAction(["/bin/sh", "-c", "sleep 300 & sleep 300"]) { Timeout = TimeSpan.FromMilliseconds(200) }, "k", "a", "{}", Cancel);
        Assert.Equal("it did not end within 0.2 s and was killed", failure);
    }

    [Fact]
    public async Task A_command_that_does_not_exist_is_said() =>
        Assert.StartsWith("it cannot be started", await new CommandChannel(() => null, TimeProvider.System).PerformAsync(new CommandAction(["/no/such/program"]), "k", "a", "{}", Cancel), StringComparison.Ordinal);

    private static async Task<string?> PerformAsync(Answers server)
    {
        var time = new VirtualTimeProvider();
        using var channel = new WebhookChannel(time, server);
        var performing = channel.PerformAsync(Hook, "key-1", "slow", "{}", Cancel).AsTask();
        while (!performing.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        return await performing;
    }

    private sealed record Seen(string Method, string Key, string? Authorization, string? Team, string Body, string? Type);

    private sealed class Answers(params HttpStatusCode[] statuses) : HttpMessageHandler
    {
        public List<Seen> Requests { get; } = [];

        public Func<Exception>? Throws { get; init; }

        public bool Hangs { get; init; }

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Requests.Add(new Seen(request.Method.Method, request.Headers.GetValues("Idempotency-Key").Single(), request.Headers.Authorization?.ToString(), request.Headers.TryGetValues("X-Team", out var team) ? team.Single() : null,
                await request.Content!.ReadAsStringAsync(cancellationToken), request.Content.Headers.ContentType?.MediaType));
            if (Throws is not null) throw Throws();
            if (Hangs) await Task.Delay(Timeout.Infinite, cancellationToken);
            return new HttpResponseMessage(statuses[Math.Min(Requests.Count, statuses.Length) - 1]);
        }
    }

    private sealed class Folder : IDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("headroom-channel-test-");

        public string Path => _directory.FullName;

        public void Dispose() => _directory.Delete(recursive: true);
    }
}
