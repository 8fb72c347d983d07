using Headroom.Metrics.PromQL;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.Tests.PromQL.Syntax;

public sealed class ExperimentalSyntaxTests
{
    [Theory]
    [InlineData("sort_by_label(up, \"job\")", PromqlFeatures.ExperimentalFunctions)]
    [InlineData("1 + sum(mad_over_time(up[5m]))", PromqlFeatures.ExperimentalFunctions)]
    [InlineData("info(up)", PromqlFeatures.ExperimentalFunctions)]
    [InlineData("limitk(1, up)", PromqlFeatures.ExperimentalFunctions)]
    [InlineData("limit_ratio(0.5, up) > 1", PromqlFeatures.ExperimentalFunctions)]
    [InlineData("vector(step())", PromqlFeatures.ExperimentalFunctions)]
    [InlineData("rate(up[5m * 2])", PromqlFeatures.DurationExpressions)]
    [InlineData("up offset (1m + 30s)", PromqlFeatures.DurationExpressions)]
    [InlineData("sum_over_time(up[1h:1m + step()])", PromqlFeatures.DurationExpressions)]
    [InlineData("rate(up[5m] anchored)", PromqlFeatures.ExtendedRangeSelectors)]
    [InlineData("-(up smoothed)", PromqlFeatures.ExtendedRangeSelectors)]
    [InlineData("up + fill(0) up", PromqlFeatures.FillModifiers)]
    public void An_experimental_part_is_refused_with_its_flag_until_it_is_turned_on(string expression, PromqlFeatures feature)
    {
        var off = new PromqlEngine(new MemorySeriesSource(), new PromqlOptions { Features = PromqlFeatures.AllSyntax & ~feature });
        var error = Assert.Throws<PromqlException>(() => off.Instant(expression, 0, TestContext.Current.CancellationToken));
        Assert.Equal(PromqlErrorKind.BadData, error.Kind);
        Assert.Contains("experimental", error.Message, StringComparison.Ordinal);
        Assert.Contains("promql-", error.Message, StringComparison.Ordinal);
        new PromqlEngine(new MemorySeriesSource(), new PromqlOptions { Features = feature }).Instant(expression, 0, TestContext.Current.CancellationToken);
    }

    [Theory]
    [InlineData("rate(up[5m] offset -5m @ start())")]
    [InlineData("sum_over_time(up[1h:]) + time()")]
    [InlineData("""{"my.metric", "label.name"="x"} offset 300""")]
    public void The_stable_language_needs_nothing(string expression) =>
        new PromqlEngine(new MemorySeriesSource()).Instant(expression, 0, TestContext.Current.CancellationToken);

    [Fact]
    public void Every_stable_function_of_Prometheus_3_is_there_and_on()
    {
        string[] stable =
        [
            "abs", "absent", "absent_over_time", "acos", "acosh", "asin", "asinh", "atan", "atanh", "avg_over_time", "ceil", "changes", "clamp", "clamp_max", "clamp_min",
            "cos", "cosh", "count_over_time", "day_of_month", "day_of_week", "day_of_year", "days_in_month", "deg", "delta", "deriv", "exp", "floor", "histogram_avg",
            "histogram_count", "histogram_fraction", "histogram_quantile", "histogram_stddev", "histogram_stdvar", "histogram_sum", "hour", "idelta", "increase", "irate",
            "label_join", "label_replace", "last_over_time", "ln", "log10", "log2", "max_over_time", "min_over_time", "minute", "month", "pi", "predict_linear",
            "present_over_time", "quantile_over_time", "rad", "rate", "resets", "round", "scalar", "sgn", "sin", "sinh", "sort", "sort_desc", "sqrt", "stddev_over_time",
            "stdvar_over_time", "sum_over_time", "tan", "tanh", "time", "timestamp", "vector", "year",
        ];
        Assert.All(stable, name => Assert.NotNull(FunctionSignatures.Find(name)));
        Assert.Equal(stable, FunctionSignatures.Everything.Select(f => f.Name).Where(n => !ExperimentalSyntax.IsExperimental(n)).Order(StringComparer.Ordinal));
    }
}
