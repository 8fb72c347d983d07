using Headroom.Metrics.PromQL;
using Headroom.TestKit;

namespace Headroom.Metrics.Tests.PromQL.Evaluation;

public sealed class LimitTests
{
    private static MemorySeriesSource Source(int series = 10, int samples = 1000)
    {
        var source = new MemorySeriesSource();
        for (int s = 0; s < series; s++)
            for (int i = 0; i < samples; i++) source.Add(Labels.Of("m", ("i", $"{s}")), i * 1000L, i);
        return source;
    }

    private static PromqlException Fails(PromqlOptions options, string expression, long end = 999_000, long step = 1000) =>
        Assert.Throws<PromqlException>(() => new PromqlEngine(Source(), options).Range(expression, 0, end, step, TestContext.Current.CancellationToken));

    [Fact]
    public void Too_many_samples_in_memory_are_refused()
    {
        foreach (string expression in (string[])["m", "sort(m)", "sum_over_time(m[1h])", "topk(3, m)", "m + m", "m or m", "sum_over_time(m[10m:1ms])", "count_over_time(m[10y:1ms])"])
        {
            var error = Fails(new PromqlOptions { MaxSamples = 5000 }, expression);
            Assert.Equal("query processing would load too many samples into memory in query execution", error.Message);
            Assert.Equal(PromqlErrorKind.Execution, error.Kind);
        }
    }

    [Fact]
    public void What_is_not_kept_does_not_count()
    {
        // Ten series of a thousand samples, one at a time.
        var engine = new PromqlEngine(Source(), new PromqlOptions { MaxSamples = 5000 });
        var result = engine.Range("sum(m)", 0, 999_000, 1000, TestContext.Current.CancellationToken);
        Assert.Equal(1000, Assert.Single(((MatrixValue)result.Value).Series).Points.Count);
    }

    [Fact]
    public void Too_many_points_are_refused()
    {
        var error = Fails(new PromqlOptions(), "m", end: 11_000_000);
        Assert.Equal("exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)", error.Message);
        Assert.Equal(PromqlErrorKind.BadData, error.Kind);
        Fails(new PromqlOptions(), "m", end: long.MaxValue);
    }

    [Fact]
    public void Senseless_ranges_are_refused()
    {
        Assert.Contains("zero or negative query resolution", Fails(new PromqlOptions(), "m", step: 0).Message, StringComparison.Ordinal);
        Assert.Contains("end timestamp must not be before start time", Fails(new PromqlOptions(), "m", end: -1).Message, StringComparison.Ordinal);
        Assert.Contains("invalid expression type \"range vector\" for range query, must be Scalar or instant Vector", Fails(new PromqlOptions(), "m[5m]").Message, StringComparison.Ordinal);
        Assert.Contains("invalid expression type \"string\"", Fails(new PromqlOptions(), "\"m\"").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_query_is_given_up_when_its_time_is_over()
    {
        var clock = new VirtualTimeProvider();
        var engine = new PromqlEngine(new SlowSource(Source(500, 10), () => clock.Advance(TimeSpan.FromSeconds(1))), new PromqlOptions { Timeout = TimeSpan.FromSeconds(30) }, clock);
        var error = Assert.Throws<PromqlException>(() => engine.Instant("sum(m)", 5000, TestContext.Current.CancellationToken));
        Assert.Equal(PromqlErrorKind.Timeout, error.Kind);
        Assert.Equal("query timed out after 30 s", error.Message);
    }

    [Fact]
    public void A_query_can_be_cancelled()
    {
        using var cancel = new CancellationTokenSource();
        int reads = 0;
        var engine = new PromqlEngine(new SlowSource(Source(500, 10), () =>
        {
            if (++reads == 100) cancel.Cancel();
        }));
        Assert.Throws<OperationCanceledException>(() => engine.Instant("sum(m)", 5000, cancel.Token));
        Assert.InRange(reads, 100, 250);
    }

    [Fact]
    public void A_deep_expression_is_evaluated_without_exhausting_the_stack()
    {
        var engine = new PromqlEngine(Source(1, 10));
        string[] deep =
        [
            string.Join(" or ", Enumerable.Range(0, 900).Select(i => $"m{{x=\"{i}\"}}")) + " or m",
            string.Concat(Enumerable.Repeat("abs(", 900)) + "m" + new string(')', 900),
            string.Concat(Enumerable.Repeat("(", 900)) + "m" + new string(')', 900),
            string.Join(" + ", Enumerable.Repeat("m", 900)),
        ];
        foreach (string expression in deep)
        {
            object? outcome = null;
            // Threads of the pool have small stacks on some systems: an answer or a clean error, never a crash.
            var thread = new Thread(() =>
            {
                try
                {
                    outcome = engine.Instant(expression, 5000).Value;
                }
                catch (PromqlException e)
                {
                    outcome = e;
                }
            }, 256 * 1024);
            thread.Start();
            thread.Join();
            Assert.NotNull(outcome);
            Assert.IsType<VectorValue>(engine.Instant(expression, 5000, TestContext.Current.CancellationToken).Value);
        }
    }

    private sealed class SlowSource(ISeriesSource inner, Action onRead) : ISeriesSource
    {
        public IReadOnlyList<ISeries> Select(IReadOnlyList<LabelMatcher> matchers, long minTime, long maxTime) =>
            [.. inner.Select(matchers, minTime, maxTime).Select(s => new SlowSeries(s, onRead))];

        private sealed class SlowSeries(ISeries inner, Action onRead) : ISeries
        {
            public Labels Labels => inner.Labels;

            public void Read(long minTime, long maxTime, SampleBuffer into)
            {
                onRead();
                inner.Read(minTime, maxTime, into);
            }
        }
    }
}
