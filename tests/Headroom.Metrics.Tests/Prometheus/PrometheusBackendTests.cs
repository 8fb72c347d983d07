using System.Net;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.Prometheus;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.Storage;
using Headroom.TestKit;

namespace Headroom.Metrics.Tests.Prometheus;

/// <summary>What the client makes of a cluster's answers, the unpleasant ones among them.</summary>
public sealed class PrometheusBackendTests : IAsyncLifetime
{
    private static readonly PrometheusSettings Settings = PrometheusSettings.At(new Uri("http://cluster.test/prom")) with { Instance = "gw" };

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("headroom-backend-");
    private readonly ScriptedCluster _cluster = new();
    private EmbeddedStore _store = null!;

    public ValueTask InitializeAsync()
    {
        _store = EmbeddedStore.Open(new EmbeddedStoreOptions { Directory = _directory.FullName });
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    private Task<PrometheusBackend> ConnectAsync(PrometheusSettings? settings = null) =>
        PrometheusBackend.ConnectAsync(settings ?? Settings, _store, null, TimeProvider.System, new Random(1), inner: _cluster, cancel: TestContext.Current.CancellationToken);

    private static WriteRequest Floats(int count)
    {
        var request = new WriteRequest();
        for (int i = 0; i < count; i++) request.Samples.Add(new FloatSample(Labels.Of("m", ("i", $"{i:000}")), 1000, i));
        return request;
    }

    [Fact]
    public async Task A_cluster_that_has_everything_lacks_nothing()
    {
        await using var backend = await ConnectAsync();
        Assert.Empty(backend.Capabilities.Lacks);
        Assert.True(backend.Capabilities is { NativeHistograms: true, Exemplars: true, Metadata: true, Version: "3.8.0" });
        Assert.All(_cluster.Requests, r => Assert.StartsWith("/prom/api/v1/", r.Path, StringComparison.Ordinal));
        Assert.All(_cluster.Writes, w => Assert.Contains("snappy", w.Headers, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Version_2_falls_back_to_1_on_415_and_stays_there()
    {
        _cluster.OnWrite = (request, _) => new HttpResponseMessage(request.Content!.Headers.ContentType!.ToString().Contains("v2.Request", StringComparison.Ordinal) ? HttpStatusCode.UnsupportedMediaType : HttpStatusCode.NoContent);
        await using var backend = await ConnectAsync(Settings with { Protocol = RemoteWriteProtocol.Version2 });
        Assert.Contains(backend.Capabilities.Lacks, l => l.Contains("remote write 2.0", StringComparison.Ordinal));
        int before = _cluster.Requests.Count;
        Assert.Equal(3, (await backend.AppendAsync(Floats(3), CancellationToken.None)).Accepted);
        Assert.Single(_cluster.Requests.Skip(before));
    }

    [Fact]
    public async Task Version_2_is_spoken_to_a_cluster_that_counts_what_it_wrote()
    {
        _cluster.OnWrite = (_, _) => new HttpResponseMessage(HttpStatusCode.NoContent) { Headers = { { "X-Prometheus-Remote-Write-Samples-Written", "1" } } };
        await using var backend = await ConnectAsync(Settings with { Protocol = RemoteWriteProtocol.Version2 });
        Assert.Equal(RemoteWriteProtocol.Version2, backend.Capabilities.Protocol);
        Assert.Empty(backend.Capabilities.Lacks);
    }

    [Fact]
    public async Task One_bad_sample_costs_only_itself()
    {
        await using var backend = await ConnectAsync();
        _cluster.OnWrite = (_, body) =>
        {
            bool bad = SnappyText.Decode(body).AsSpan().IndexOf("017"u8) >= 0;
            return bad ? new HttpResponseMessage(HttpStatusCode.BadRequest) { Content = new StringContent("out of order sample") } : new HttpResponseMessage(HttpStatusCode.NoContent);
        };
        var outcome = await backend.AppendAsync(Floats(40), CancellationToken.None);
        Assert.Equal(39, outcome.Accepted);
        var rejection = Assert.Single(outcome.Rejections);
        Assert.Equal((SampleKind.Float, 17, "cluster-refused"), (rejection.Kind, rejection.Index, rejection.Code));
        Assert.Contains("out of order sample", rejection.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cluster_that_refuses_everything_is_not_asked_without_end()
    {
        await using var backend = await ConnectAsync();
        _cluster.OnWrite = (_, _) => new HttpResponseMessage(HttpStatusCode.BadRequest);
        int before = _cluster.Requests.Count;
        var outcome = await backend.AppendAsync(Floats(1000), CancellationToken.None);
        Assert.Equal((0, 1000, 100), (outcome.Accepted, outcome.Rejected, outcome.Rejections.Count));
        Assert.InRange(_cluster.Requests.Count - before, 2, 130);
    }

    [Fact]
    public async Task A_passing_failure_is_tried_again_and_a_lasting_one_is_a_problem_that_says_so()
    {
        await using var backend = await ConnectAsync();
        int failures = 2;
        _cluster.OnWrite = (_, _) => new HttpResponseMessage(failures-- > 0 ? HttpStatusCode.BadGateway : HttpStatusCode.NoContent);
        Assert.Equal(1, (await backend.AppendAsync(Floats(1), CancellationToken.None)).Accepted);
        failures = int.MaxValue;
        var problem = (await Assert.ThrowsAsync<ProblemException>(() => backend.AppendAsync(Floats(1), CancellationToken.None).AsTask())).Problems[0];
        Assert.Equal(("cluster-failed", ProblemKind.Unavailable), (problem.Code, problem.Kind));
    }

    [Theory]
    [InlineData(HttpStatusCode.Unauthorized, "cluster-denies")]
    [InlineData(HttpStatusCode.NotFound, "cluster-takes-no-writes")]
    public async Task What_a_person_must_mend_is_said_when_connecting(HttpStatusCode status, string code)
    {
        _cluster.OnWrite = (_, _) => new HttpResponseMessage(status);
        Assert.Equal(code, (await Assert.ThrowsAsync<ProblemException>(() => ConnectAsync())).Problems[0].Code);
    }

    [Fact]
    public async Task Without_native_histograms_distributions_are_refused_with_what_to_do()
    {
        _cluster.OnQuery = form => form.Contains("histogram_count", StringComparison.Ordinal)
            ? ScriptedCluster.Json("""{"status":"error","errorType":"422","error":"unknown func"}""", HttpStatusCode.UnprocessableEntity)
            : ScriptedCluster.Json("""{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}""");
        await using var backend = await ConnectAsync();
        var request = Floats(1);
        request.Observations.Add(new Observation(Labels.Of("d"), 1000, 1));
        request.Histograms.Add(new HistogramSample(Labels.Of("h"), 1000, new Histogram()));
        var outcome = await backend.AppendAsync(request, CancellationToken.None);
        Assert.Equal((1, 2), (outcome.Accepted, outcome.Rejected));
        Assert.All(outcome.Rejections, r => Assert.Contains("distributions: classic", r.Reason, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("""{"status":"error","errorType":"bad_data","error":"1:5: parse error"}""", 400, PromqlErrorKind.BadData)]
    [InlineData("""{"status":"error","errorType":"execution","error":"many-to-many"}""", 422, PromqlErrorKind.Execution)]
    [InlineData("""{"status":"error","errorType":"timeout","error":"too long"}""", 503, PromqlErrorKind.Timeout)]
    public async Task The_errors_of_queries_are_those_of_the_embedded_store(string body, int status, PromqlErrorKind kind)
    {
        await using var backend = await ConnectAsync();
        int before = _cluster.Requests.Count;
        _cluster.OnQuery = _ => ScriptedCluster.Json(body, (HttpStatusCode)status);
        Assert.Equal(kind, (await Assert.ThrowsAsync<PromqlException>(() => backend.QueryAsync("x", 0, CancellationToken.None).AsTask())).Kind);
        // Asking again would only burden the cluster.
        Assert.Single(_cluster.Requests.Skip(before));
    }

    [Fact]
    public async Task Whatever_a_cluster_answers_is_a_result_or_a_problem()
    {
        await using var backend = await ConnectAsync();
        string[] answers =
        [
            """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"a":"b"},"values":[[1.5,"2"],[3,"+Inf"]],"histograms":[[4,{"count":"3","sum":"4","buckets":[[3,"-0.1","0.1","1"],[0,"1","2","2"]]}]]}]}}""",
            """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[4,{"count":"3","sum":"4","buckets":[[0,"-Inf","0.5","1"],[0,"0.5","+Inf","2"]]}]}]},"warnings":["x"]}""",
            """{"status":"success","data":{"resultType":"string","result":[1,"text"]}}""",
        ];
        var random = new Random(20260303);
        int read = 0;
        for (int i = 0; i < 3000; i++)
        {
            var text = new System.Text.StringBuilder(answers[i % answers.Length]);
            for (int k = random.Next(0, 4); k > 0; k--)
            {
                int at = random.Next(text.Length);
                switch (random.Next(3))
                {
                    case 0: text.Remove(at, Math.Min(random.Next(1, 6), text.Length - at)); break;
                    case 1: text[at] = "0129\"[]{},:.-NI"[random.Next(15)]; break;
                    default: text.Insert(at, text.ToString(at, Math.Min(random.Next(1, 12), text.Length - at))); break;
                }
            }
            _cluster.OnQuery = _ => ScriptedCluster.Json(text.ToString());
            try
            {
                await backend.QueryAsync("x", 0, CancellationToken.None);
                read++;
            }
            catch (Exception error) when (error is ProblemException or PromqlException)
            {
                // Said, not thrown about.
            }
        }
        Assert.InRange(read, 500, 2900);
    }

    [Fact]
    public async Task Annotations_come_through()
    {
        await using var backend = await ConnectAsync();
        _cluster.OnQuery = _ => ScriptedCluster.Json("""{"status":"success","data":{"resultType":"vector","result":[]},"warnings":["w"],"infos":["i"]}""");
        var result = await backend.QueryAsync("x", 0, CancellationToken.None);
        Assert.Equal(["w"], result.Warnings);
        Assert.Equal(["i"], result.Infos);
    }

    [Fact]
    public async Task Credentials_go_with_every_request()
    {
        await using (await ConnectAsync(Settings with { Auth = new ClusterAuth(new BasicCredentials("u", "p"), null, null) }))
            Assert.All(_cluster.Requests, r => Assert.Contains("Authorization: Basic dTpw", r.Headers, StringComparison.Ordinal));
        _cluster.Requests.Clear();
        await using (await ConnectAsync(Settings with { Auth = new ClusterAuth(null, "token", null) }))
            Assert.All(_cluster.Requests, r => Assert.Contains("Authorization: Bearer token", r.Headers, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Observations_survive_an_outage_of_the_cluster_and_arrive_once()
    {
        await using var backend = await ConnectAsync();
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var request = new WriteRequest();
        request.Observations.Add(new Observation(Labels.Of("d"), now - 60_000, 1));
        Assert.Equal(1, (await backend.AppendAsync(request, CancellationToken.None)).Accepted);
        _cluster.OnWrite = (_, _) => new HttpResponseMessage(HttpStatusCode.NotImplemented);
        await Assert.ThrowsAsync<ProblemException>(() => backend.ShipDueAsync(CancellationToken.None));
        _cluster.OnWrite = (_, _) => new HttpResponseMessage(HttpStatusCode.NoContent);
        int before = _cluster.Writes.Count();
        await backend.ShipDueAsync(CancellationToken.None);
        await backend.ShipDueAsync(CancellationToken.None);
        Assert.Equal(before + 1, _cluster.Writes.Count());
    }

    [Fact]
    public async Task An_observation_that_comes_after_its_slot_was_shipped_is_not_lost()
    {
        var clock = new VirtualTimeProvider(DateTimeOffset.UnixEpoch.AddDays(20_000));
        await using var store = EmbeddedStore.Open(new EmbeddedStoreOptions { Directory = Path.Combine(_directory.FullName, "late"), TimeProvider = clock });
        await using var backend = await PrometheusBackend.ConnectAsync(Settings, store, null, clock, new Random(1), inner: _cluster, cancel: TestContext.Current.CancellationToken);
        long now = clock.GetUtcNow().ToUnixTimeMilliseconds();
        int before = _cluster.Writes.Count();
        await ObserveAsync(now - 60_000);
        // Into the same slot, into an earlier one, and a first one of another series that is late too.
        await ObserveAsync(now - 60_000);
        await ObserveAsync(now - 200_000);
        await ObserveAsync(now - 300_000, "other");
        Assert.Equal(before + 4, _cluster.Writes.Count());
        // Nothing new: nothing goes.
        clock.Advance(TimeSpan.FromMinutes(1));
        await backend.ShipDueAsync(CancellationToken.None);
        Assert.Equal(before + 4, _cluster.Writes.Count());

        async Task ObserveAsync(long time, string series = "d")
        {
            var request = new WriteRequest();
            request.Observations.Add(new Observation(Labels.Of(series), time, 1));
            Assert.Equal(1, (await backend.AppendAsync(request, CancellationToken.None)).Accepted);
            clock.Advance(TimeSpan.FromSeconds(10));
            await backend.ShipDueAsync(CancellationToken.None);
        }
    }
}
