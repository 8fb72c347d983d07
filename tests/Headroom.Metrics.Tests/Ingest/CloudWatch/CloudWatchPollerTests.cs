using System.Globalization;
using Headroom.Metrics.Ingest.CloudWatch;
using Headroom.Metrics.Tests.Ingest.Sources;
using Headroom.TestKit;

namespace Headroom.Metrics.Tests.Ingest.CloudWatch;

public sealed class CloudWatchPollerTests : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 30, TimeSpan.Zero);

    private readonly VirtualTimeProvider _time = new(Start);
    private readonly WrittenSamples _store = new();
    private readonly HeardEvents _heard = new();
    private readonly FakeCloudWatch _aws = new();
    private readonly CloudWatchCalls _calls;

    public CloudWatchPollerTests() => _calls = new CloudWatchCalls(_aws, _time, new Random(1));

    public void Dispose() => _calls.Dispose();

    private long Now => _time.GetUtcNow().ToUnixTimeMilliseconds();

    private static readonly CloudWatchSettings Cpu = new() { Region = "us-east-1", Namespace = "AWS/ECS", Metric = "CPUUtilization", Statistics = ["Average", "p99"], Backfill = TimeSpan.FromMinutes(10) };

    private CloudWatchPoller Poller(params CloudWatchSettings[] metrics) => new(metrics, _calls, _store, _heard);

    /// <summary>CloudWatch as it answers: a value for each minute, late by two minutes, in pages.</summary>
    private sealed class FakeCloudWatch : ICloudWatchSource
    {
        public List<IReadOnlyList<Label>> Sets { get; } = [[new("ClusterName", "prod"), new("ServiceName", "api")], [new("ClusterName", "prod")]];

        public List<CloudWatchDataRequest> Requests { get; } = [];

        public List<CloudWatchMetricFilter> Filters { get; } = [];

        public int Throttles { get; set; }

        public TimeSpan? RetryAfter { get; set; }

        public Exception? Failure { get; set; }

        public int PageSize { get; set; } = 1000;

        public HashSet<long> Missing { get; } = [];

        public ValueTask<CloudWatchMetricPage> ListMetricsAsync(CloudWatchMetricFilter filter, string? nextToken, CancellationToken cancel)
        {
            if (nextToken is null) Filters.Add(filter);
            int from = nextToken is null ? 0 : int.Parse(nextToken, CultureInfo.InvariantCulture);
            return ValueTask.FromResult(new CloudWatchMetricPage([.. Sets.Skip(from).Take(PageSize)], from + PageSize < Sets.Count ? $"{from + PageSize}" : null));
        }

        public ValueTask<CloudWatchDataPage> GetMetricDataAsync(CloudWatchDataRequest request, string? nextToken, CancellationToken cancel)
        {
            if (Throttles > 0)
            {
                Throttles--;
                throw new CloudWatchThrottledException("Rate exceeded", RetryAfter);
            }
            if (Failure is not null) throw Failure;
            Assert.InRange(request.Queries.Count, 1, 500);
            Assert.InRange((request.End - request.Start) / (request.Queries[0].PeriodSeconds * 1000L) * request.Queries.Count, 1, 101_000);
            if (nextToken is null) Requests.Add(request);
            int from = nextToken is null ? 0 : int.Parse(nextToken, CultureInfo.InvariantCulture);
            var results = new List<CloudWatchResult>();
            foreach (var query in request.Queries.Skip(from).Take(PageSize))
            {
                long period = query.PeriodSeconds * 1000L;
                var times = new List<long>();
                // Newest first, as CloudWatch does.
                for (long time = (request.End - 1) / period * period; time >= request.Start; time -= period)
                    if (!Missing.Contains(time))
                        times.Add(time);
                results.Add(new CloudWatchResult(query.Id, times, [.. times.Select(t => (double)(t / 1000 % 1000))]));
            }
            return ValueTask.FromResult(new CloudWatchDataPage(results, from + PageSize < request.Queries.Count ? $"{from + PageSize}" : null));
        }
    }

    [Fact]
    public async Task Every_set_of_dimensions_and_statistic_is_a_series_with_its_service()
    {
        await Poller(Cpu).PollAsync(Now, CancellationToken.None);
        Assert.Equal(
            [
                """aws_ecs_cpuutilization_average{cluster_name="prod",region="us-east-1",service="AWS/ECS"}""",
                """aws_ecs_cpuutilization_average{cluster_name="prod",region="us-east-1",service="api",service_name="api"}""",
                """aws_ecs_cpuutilization_p99{cluster_name="prod",region="us-east-1",service="AWS/ECS"}""",
                """aws_ecs_cpuutilization_p99{cluster_name="prod",region="us-east-1",service="api",service_name="api"}""",
            ],
            _store.Samples.Select(s => s.Labels.ToString()).Distinct().Order(StringComparer.Ordinal));
        // 12:00:30 less a delay of two minutes: the period that began at 11:57 is the last; ten minutes back the first.
        var times = _store.Samples.Select(s => s.Time).Distinct().Order().ToList();
        Assert.Equal(Start.AddMinutes(-12).AddSeconds(-30).ToUnixTimeMilliseconds(), times[0]);
        Assert.Equal(Start.AddMinutes(-3).AddSeconds(-30).ToUnixTimeMilliseconds(), times[^1]);
        Assert.Equal(10, times.Count);
    }

    [Fact]
    public async Task Each_poll_adds_what_is_new_and_what_came_late_and_nothing_twice()
    {
        var poller = Poller(Cpu with { Statistics = ["Average"] });
        long late = Start.AddMinutes(-3).AddSeconds(-30).ToUnixTimeMilliseconds();
        _aws.Missing.Add(late);
        await poller.PollAsync(Now, CancellationToken.None);
        Assert.DoesNotContain(late, _store.Samples.Select(s => s.Time));
        _aws.Missing.Clear();
        await _time.AdvanceAsync(TimeSpan.FromMinutes(1));
        await poller.PollAsync(Now, CancellationToken.None);
        Assert.Contains(late, _store.Samples.Select(s => s.Time));
        Assert.Equal(_store.Samples.Count, _store.Samples.Select(s => (s.Labels, s.Time)).Distinct().Count());
        Assert.Equal(2 * 11, _store.Samples.Count);
        // Nothing new within the period: no call.
        int calls = _aws.Requests.Count;
        await poller.PollAsync(Now, CancellationToken.None);
        Assert.Equal(calls, _aws.Requests.Count);
    }

    [Fact]
    public async Task Queries_go_out_in_batches_of_500_and_pages_are_read_to_the_last()
    {
        _aws.Sets.Clear();
        for (int i = 0; i < 620; i++) _aws.Sets.Add([new("InstanceId", $"i-{i}")]);
        _aws.PageSize = 70;
        // Each page is a call, and calls have a budget.
        var polling = Poller(Cpu).PollAsync(Now, CancellationToken.None);
        while (!polling.IsCompleted) await _time.AdvanceAsync(TimeSpan.FromMilliseconds(50));
        await polling;
        Assert.Equal([500, 500, 240], _aws.Requests.Select(r => r.Queries.Count));
        Assert.Equal(1240, _store.Samples.Select(s => s.Labels).Distinct().Count());
        Assert.Equal(12_400, _store.Samples.Count);
    }

    [Fact]
    public async Task After_an_outage_what_was_missed_is_read_in_parts_that_fit_a_call()
    {
        var poller = Poller(Cpu with { Backfill = TimeSpan.FromHours(12) });
        await poller.PollAsync(Now, CancellationToken.None);
        _aws.Failure = new HttpRequestException("no route");
        for (int minute = 0; minute < 600; minute += 20)
        {
            await _time.AdvanceAsync(TimeSpan.FromMinutes(20));
            await Assert.ThrowsAsync<HttpRequestException>(() => poller.PollAsync(Now, CancellationToken.None));
        }
        _aws.Failure = null;
        _aws.Requests.Clear();
        await poller.PollAsync(Now, CancellationToken.None);
        Assert.Equal(3, _aws.Requests.Count);
        var times = _store.Samples.Where(s => s.Labels.Name.EndsWith("p99", StringComparison.Ordinal) && s.Labels["service"] == "api").Select(s => s.Time).Order().ToList();
        Assert.Equal(times.Distinct(), times);
        for (int i = 1; i < times.Count; i++) Assert.Equal(60_000, times[i] - times[i - 1]);
        Assert.Equal(720 + 600, times.Count);
    }

    [Fact]
    public async Task A_throttled_call_waits_as_long_as_it_is_told_and_longer_each_time()
    {
        _aws.Throttles = 3;
        _aws.RetryAfter = TimeSpan.FromSeconds(20);
        var polling = Poller(Cpu).PollAsync(Now, CancellationToken.None);
        Assert.False(polling.IsCompleted);
        for (int i = 0; i < 3; i++)
        {
            await _time.AdvanceAsync(TimeSpan.FromSeconds(19));
            Assert.False(polling.IsCompleted);
            await _time.AdvanceAsync(TimeSpan.FromSeconds(1));
        }
        await polling;
        Assert.NotEmpty(_store.Samples);
    }

    [Fact]
    public async Task A_poll_that_is_throttled_at_every_try_is_caught_up_by_the_next()
    {
        var poller = Poller(Cpu with { Statistics = ["Average"] });
        _aws.Throttles = 5;
        var polling = poller.PollAsync(Now, CancellationToken.None);
        await _time.AdvanceAsync(TimeSpan.FromMinutes(2));
        await Assert.ThrowsAsync<CloudWatchThrottledException>(() => polling);
        await poller.PollAsync(Now, CancellationToken.None);
        Assert.Equal(2 * 10, _store.Samples.Count);
    }

    [Fact]
    public async Task Values_that_could_not_be_written_are_read_again()
    {
        var poller = Poller(Cpu);
        _store.Failure = new IOException("disk full");
        await Assert.ThrowsAsync<IOException>(() => poller.PollAsync(Now, CancellationToken.None));
        _store.Failure = null;
        await poller.PollAsync(Now, CancellationToken.None);
        Assert.Equal(4 * 10, _store.Samples.Count);
    }

    [Fact]
    public async Task Dimensions_are_filtered_by_CloudWatch_and_found_again_every_ten_minutes()
    {
        var poller = Poller(Cpu with { Dimensions = new Dictionary<string, string> { ["ServiceName"] = "*", ["ClusterName"] = "prod" } });
        for (int minute = 0; minute < 21; minute++)
        {
            await poller.PollAsync(Now, CancellationToken.None);
            await _time.AdvanceAsync(TimeSpan.FromMinutes(1));
        }
        Assert.Equal(3, _aws.Filters.Count);
        Assert.Equal([new Label("ClusterName", "prod"), new Label("ServiceName", "")], _aws.Filters[0].Dimensions);
    }

    [Fact]
    public async Task Calls_stay_within_their_budget()
    {
        _aws.Sets.Clear();
        for (int i = 0; i < 15_000; i++) _aws.Sets.Add([new("InstanceId", $"i-{i}")]);
        _aws.PageSize = 15_000;
        var polling = Poller(Cpu with { Statistics = ["Average"], Backfill = TimeSpan.FromMinutes(1) }).PollAsync(Now, CancellationToken.None);
        // 30 calls: ten at once, then ten a second.
        double seconds = 0;
        while (!polling.IsCompleted)
        {
            Assert.InRange(_aws.Requests.Count, 0, 10 + (int)(10 * seconds) + 1);
            await _time.AdvanceAsync(TimeSpan.FromMilliseconds(50));
            seconds += 0.05;
        }
        await polling;
        Assert.True(seconds >= 1.95, $"30 calls in {seconds} s");
        Assert.Equal(30, _aws.Requests.Count);
    }

    [Fact]
    public async Task Own_labels_win_over_dimensions()
    {
        await Poller(Cpu with { Labels = new Dictionary<string, string> { ["service"] = "shop", ["team"] = "a" } }).PollAsync(Now, CancellationToken.None);
        Assert.All(_store.Samples, s => Assert.Equal(("shop", "a"), (s.Labels["service"], s.Labels["team"])));
    }
}
