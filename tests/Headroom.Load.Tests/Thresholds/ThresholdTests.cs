using Headroom.Load.Measurement;
using Headroom.Load.Plans;
using Headroom.Load.Thresholds;

namespace Headroom.Load.Tests.Thresholds;

public sealed class ThresholdTests
{
    private static readonly MeasuredShape Shape = new(
    [
        new RequestKind(0, "search", "s", "GET", new Dictionary<string, string> { ["name"] = "search", ["type"] = "api" }),
        new RequestKind(1, "page", "s", "GET", new Dictionary<string, string> { ["name"] = "page" }),
    ], [(0, "ok")], [("errors", CustomMetricKind.Rate)]);

    [Theory]
    [InlineData("p(95)<500", 499, true)]
    [InlineData("p(99.9) >= 2", 2, true)]
    [InlineData("rate<0.01", 0.01, false)]
    [InlineData("avg <= 10", double.NaN, false)]
    [InlineData("count===3", 3, true)]
    [InlineData("med!=3", 3, false)]
    public void Expressions_compare_as_written(string text, double value, bool holds)
    {
        Assert.True(ThresholdExpression.TryParse(text, out var expression, out _));
        Assert.Equal(holds, expression.Holds(value));
        Assert.True(ThresholdExpression.TryParse(expression.ToString(), out var again, out _));
        Assert.Equal(expression, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("p(95)")]
    [InlineData("p(101)<5")]
    [InlineData("p95<5")]
    [InlineData("avg<500ms")]
    [InlineData("<5")]
    [InlineData("avg<NaN")]
    public void What_is_no_expression_is_refused_with_a_reason(string text)
    {
        Assert.False(ThresholdExpression.TryParse(text, out _, out string reason));
        Assert.NotEmpty(reason);
    }

    [Fact]
    public void Nothing_measured_is_no_pass()
    {
        var empty = new Measured(Shape);
        foreach (string text in (string[])["p(95)<500", "max<5"])
            Assert.Equal(double.NaN, Watch("http_req_duration", text).Value(empty, 10));
        Assert.Equal(double.NaN, Watch("http_req_failed", "rate<0.5").Value(empty, 10));
        Assert.Equal(double.NaN, Watch("errors", "rate<0.5").Value(empty, 10));
        Assert.Equal(double.NaN, Watch("http_reqs", "count<5").Value(empty, 10));
        Assert.Equal(double.NaN, Watch("http_req_duration", "p(95)<500", window: 5).Value(empty, 10));
    }

    [Fact]
    public void Only_requests_with_the_tags_count()
    {
        var measured = Second(data =>
        {
            data.Record(0, 200, 0.010, 0.100);
            data.Record(0, 500, 0.010, 0.300);
            data.Record(1, 200, 0.010, 5);
            data.Record(1, OutcomeCode.Of(0, ErrorClass.Refused), double.NaN, 0.0001);
        });
        Assert.Equal(300, Watch("http_req_duration", "max<500", ("type", "api")).Value(measured, 10), 6);
        Assert.Equal(100, Watch("http_req_duration", "max<500", ("name", "search"), ("status", "200")).Value(measured, 10), 6);
        Assert.Equal(10, Watch("http_req_service_time", "max<500").Value(measured, 10), 6);
        Assert.Equal(0.5, Watch("http_req_failed", "rate<1").Value(measured, 10));
        Assert.Equal(0.2, Watch("http_reqs", "rate<1", ("name", "page")).Value(measured, 10));
        // A status that never came is a count of none, because its requests were measured.
        Assert.Equal(0, Watch("http_reqs", "count<1", ("status", "404")).Value(measured, 10));
    }

    [Fact]
    public void A_window_is_broken_by_its_worst_stretch_although_the_whole_run_keeps_the_bound()
    {
        var watch = Watch("http_req_duration", "avg<500", window: 2);
        var total = new Measured(Shape);
        foreach (double seconds in (double[])[0.1, 0.1, 2, 0.9, 0.1, 0.1, 0.1, 0.1])
        {
            var data = new SecondData(Shape);
            data.Record(0, 200, seconds, seconds);
            total.Add(data);
            watch.Observe(Second(d => d.Record(0, 200, seconds, seconds)));
        }
        Assert.Equal(1450, watch.Value(total, 8), 6);
        Assert.True(watch.IsBroken(total, 8));
        Assert.False(Watch("http_req_duration", "avg<500").IsBroken(total, 8));
    }

    private static ThresholdWatch Watch(string metric, string text, params (string, string)[] tags) => Watch(metric, text, null, tags);

    private static ThresholdWatch Watch(string metric, string text, int? window, params (string Key, string Value)[] tags)
    {
        Assert.True(ThresholdExpression.TryParse(text, out var expression, out _));
        return new ThresholdWatch(new Threshold { Metric = metric, Expression = expression, Window = window is { } w ? TimeSpan.FromSeconds(w) : null, Tags = tags.ToDictionary(t => t.Key, t => t.Value) }, Shape);
    }

    private static Measured Second(Action<SecondData> record)
    {
        var data = new SecondData(Shape);
        record(data);
        var measured = new Measured(Shape);
        measured.Add(data);
        return measured;
    }
}
