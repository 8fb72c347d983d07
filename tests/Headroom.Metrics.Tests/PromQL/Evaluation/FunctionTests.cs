using Headroom.Metrics.Tests.PromQL.Notation;

namespace Headroom.Metrics.Tests.PromQL.Evaluation;

public sealed class FunctionTests
{
    [Fact]
    public void Aggregations_over_time() => Script.Run("""
        load 10s
          m 1 2 3 4
          n -50 -49 -48
          s 1 NaN 3
          nans NaN NaN
          big 1e308 1e308 1e308
          mixed 1 1e100 1 -1e100
          infinite Inf 1
          two Inf -Inf
        at 1m avg_over_time(m[1m])
          {} 3
        at 50s avg_over_time(m[1m])
          {} 2.5
        at 50s sum_over_time(m[1m])
          {} 10
        at 50s min_over_time(m[1m])
          {} 1
        at 50s max_over_time(m[1m])
          {} 4
        at 50s count_over_time(m[1m])
          {} 4
        at 50s last_over_time(m[1m])
          m 4
        at 50s first_over_time(m[1m])
          m 1
        at 50s present_over_time(m[1m])
          {} 1
        at 50s stdvar_over_time(m[1m])
          {} 1.25
        at 50s stddev_over_time(m[1m])
          {} 1.118033988749895
        at 50s quantile_over_time(0.5, m[1m])
          {} 2.5
        at 50s quantile_over_time(-0.1, m[1m])
          {} -Inf
          warn quantile value should be between 0 and 1, got -0.1
        at 50s mad_over_time(m[1m])
          {} 1
        at 50s ts_of_min_over_time(m[1m])
          {} 0
        at 50s ts_of_max_over_time(m[1m])
          {} 30
        at 50s ts_of_first_over_time(m[20s])
        at 40s ts_of_first_over_time(m[25s])
          {} 20
        at 50s ts_of_last_over_time(m[1m])
          {} 30
        at 50s changes(m[1m])
          {} 3
        at 50s changes(nans[1m])
          {} 0
        at 50s changes(s[1m])
          {} 2
        at 50s min_over_time(s[1m])
          {} 1
        at 50s max_over_time(s[1m])
          {} 3
        at 50s max_over_time(nans[1m])
          {} NaN
        at 50s sum_over_time(s[1m])
          {} NaN
        at 50s quantile_over_time(0, s[1m])
          {} NaN
        at 50s avg_over_time(big[1m])
          {} 1e308
        at 50s sum_over_time(big[1m])
          {} Inf
        at 50s sum_over_time(mixed[1m])
          {} 2
        at 50s avg_over_time(mixed[1m])
          {} 0.5
        at 50s avg_over_time(infinite[1m])
          {} Inf
        at 50s avg_over_time(two[1m])
          {} NaN
        at 50s sum_over_time(two[1m])
          {} NaN
        at 50s stddev_over_time(infinite[1m])
          {} NaN
        """);

    [Fact]
    public void Long_windows_come_to_the_same_as_short_ones_put_together() => Script.Run("""
        load 1s
          m 1+1x1000
          spike 5x499 1e100 5x250 -1e100 5x250
        at 1000s sum_over_time(m[1000s])
          {} 501500
        at 1000s avg_over_time(m[1000s])
          {} 501.5
        at 1000s min_over_time(m[700s])
          {} 302
        at 1000s max_over_time(m[700s])
          {} 1001
        at 1000s stdvar_over_time(m[1000s])
          {} 83333.25
        at 1000s sum_over_time(spike[1000s])
          {} 4990
        at 1000s quantile_over_time(0.25, m[1000s])
          {} 251.75
        """);

    [Fact]
    public void Trends() => Script.Run("""
        load 1m
          line 0+60x10
          flat 5x10
          infinite Inf Inf Inf
          step 10 10 20 20
        at 10m deriv(line[10m])
          {} 1
        at 10m predict_linear(line[10m], 60)
          {} 660
        at 10m predict_linear(line[10m], -600)
          {} 0
        at 10m predict_linear(line[5m] offset 5m, 0)
          {} 600
        at 10m deriv(flat[10m])
          {} 0
        at 10m predict_linear(flat[10m], 1e6)
          {} 5
        at 2m deriv(infinite[10m])
          {} NaN
        at 3m deriv(step[4m])
          {} 0.06666666666666667
        at 3m double_exponential_smoothing(step[4m], 0.5, 0.5)
          {} 18.75
        at 3m double_exponential_smoothing(step[4m], 1, 0.5)
          fail invalid smoothing factor. Expected: 0 < sf < 1, got: 1
        at 3m double_exponential_smoothing(step[4m], 0.5, 0)
          fail invalid trend factor. Expected: 0 < tf < 1, got: 0
        from 8m to 10m step 1m predict_linear(line[5m] @ 300, 0)
          {} 480 540 600
        """);

    [Fact]
    public void Elementwise_functions() => Script.Run("""
        load 1m
          m{x="a"} -1.5
          m{x="b"} 2.5
          m{x="c"} NaN
          p 100
        at 0 abs(m)
          {x="a"} 1.5
          {x="b"} 2.5
          {x="c"} NaN
        at 0 ceil(m)
          {x="a"} -1
          {x="b"} 3
          {x="c"} NaN
        at 0 floor(m)
          {x="a"} -2
          {x="b"} 2
          {x="c"} NaN
        at 0 round(m)
          {x="a"} -1
          {x="b"} 3
          {x="c"} NaN
        at 0 round(m, 0.4)
          {x="a"} -1.6
          {x="b"} 2.4
          {x="c"} NaN
        at 0 round(p, 30)
          {} 90
        at 0 sgn(m)
          {x="a"} -1
          {x="b"} 1
          {x="c"} NaN
        at 0 clamp(m, 0, 2)
          {x="a"} 0
          {x="b"} 2
          {x="c"} NaN
        at 0 clamp(m, 2, 0)
        at 0 clamp(p, NaN, 3)
          {} NaN
        at 0 clamp_min(p, 200)
          {} 200
        at 0 clamp_max(p, 20)
          {} 20
        at 0 sqrt(p) + log10(p) + log2(vector(8)) + ln(vector(1)) + exp(vector(0))
          {} 16
        at 0 ln(vector(0))
          {} -Inf
        at 0 ln(vector(-1))
          {} NaN
        at 0 deg(vector(pi()))
          {} 180
        at 0 rad(vector(180)) == bool pi()
          {} 1
        at 0 sin(vector(0)) + cos(vector(0)) + tan(vector(0)) + asin(vector(0)) + atan(vector(0))
          {} 1
        at 0 acos(vector(2))
          {} NaN
        at 0 sinh(vector(0)) + cosh(vector(0)) + tanh(vector(0)) + asinh(vector(0)) + acosh(vector(1)) + atanh(vector(0))
          {} 1
        at 0 abs(missing)
        """);

    [Fact]
    public void Scalars_and_vectors_turn_into_each_other() => Script.Run("""
        load 1m
          m{x="a"} 1 2 3
          m{x="b"} 1
        at 10s scalar(m{x="a"})
          1
        at 10s scalar(m)
          NaN
        at 10s scalar(missing)
          NaN
        from 0 to 2m step 1m scalar(m{x="a"})
          {} 1 2 3
        at 5s vector(7)
          {} 7
        at 5s time()
          5
        from 0 to 2m step 1m vector(time())
          {} 0 60 120
        from 0 to 2m step 1m time() * 2
          {} 0 120 240
        from 0 to 2m step 1m m{x="a"} * scalar(m{x="a"})
          {x="a"} 1 4 9
        at 5s pi()
          3.141592653589793
        at 60s start() + end() + step() + range()
          120
        from 60s to 120s step 30s end() - start() + step() + range()
          {} 150 150 150
        at 0 min_of(3, 5) + max_of(3, 5)
          8
        at 0 "text"
          text
        """);

    [Fact]
    public void Dates() => Script.Run("""
        at 1136239445 year() + month() + day_of_month() + hour() + minute()
          {} 2035
        at 1136239445 day_of_week()
          {} 1
        at 1136239445 day_of_year()
          {} 2
        at 1136239445 days_in_month()
          {} 31
        at 0 year(vector(1709164800))
          {} 2024
        at 0 day_of_month(vector(1709164800))
          {} 29
        at 0 days_in_month(vector(1709164800))
          {} 29
        at 0 days_in_month(vector(1675209600))
          {} 28
        at 0 day_of_year(vector(1735603200))
          {} 366
        at 0 day_of_week(vector(0))
          {} 4
        at 0 year(vector(-1))
          {} 1969
        at 0 month(vector(-1))
          {} 12
        at 0 hour(vector(-1))
          {} 23
        at 0 minute(vector(1136239445.9))
          {} 4
        at 0 hour(vector(NaN))
          {} NaN
        at 0 year(vector(4102444800))
          {} 2100
        at 0 days_in_month(vector(4107000000))
          {} 28
        at 0 month(vector(951782400)) * 100 + day_of_month(vector(951782400))
          {} 229
        from 0 to 7200 step 3600 hour()
          {} 0 1 2
        """);

    [Fact]
    public void Labels_can_be_replaced_and_joined() => Script.Run("""
        load 1m
          m{src="value-10",dst="old"} 0
          m{src="value-20",dst="old"} 1
        at 0 label_replace(m, "dst", "new-$1", "src", "value-(.*)")
          m{src="value-10",dst="new-10"} 0
          m{src="value-20",dst="new-20"} 1
        at 0 label_replace(m, "dst", "${n}x$n", "src", "value-(?P<n>.*)")
          m{src="value-10",dst="10x10"} 0
          m{src="value-20",dst="20x20"} 1
        at 0 label_replace(m, "dst", "$1x", "src", "value-(.*)")
          m{src="value-10"} 0
          m{src="value-20"} 1
        at 0 label_replace(m, "dst", "x", "src", "value")
          m{src="value-10",dst="old"} 0
          m{src="value-20",dst="old"} 1
        at 0 label_replace(m, "dst", "", "dst", ".*")
          m{src="value-10"} 0
          m{src="value-20"} 1
        at 0 label_replace(m, "new", "none:$$", "missing", "")
          m{src="value-10",dst="old",new="none:$"} 0
          m{src="value-20",dst="old",new="none:$"} 1
        at 0 label_replace(m, "src", "", "", "")
          fail vector cannot contain metrics with the same labelset
        at 0 label_replace(m, "a.b", "x", "src", ".*")
          m{src="value-10",dst="old","a.b"="x"} 0
          m{src="value-20",dst="old","a.b"="x"} 1
        at 0 label_replace(m, "\xff", "x", "src", ".*")
          fail invalid destination label name in label_replace()
        at 0 label_replace(m, "", "x", "src", ".*")
          fail invalid destination label name in label_replace()
        at 0 label_replace(m, "dst", "x", "src", "(.*")
          fail invalid regular expression in label_replace(): (.*
        at 0 label_replace(m, "__name__", "n", "src", ".*")
          n{src="value-10",dst="old"} 0
          n{src="value-20",dst="old"} 1
        at 0 label_join(m, "dst", "-", "src", "dst", "missing", "src")
          m{src="value-10",dst="value-10-old--value-10"} 0
          m{src="value-20",dst="value-20-old--value-20"} 1
        at 0 label_join(m, "dst", ", ")
          m{src="value-10"} 0
          m{src="value-20"} 1
        at 0 label_join(m, "src", "", "dst")
          fail vector cannot contain metrics with the same labelset
        """);

    [Fact]
    public void Absence_is_a_series_with_the_labels_asked_for() => Script.Run("""
        load 1m
          m{x="a"} 1
        at 0 absent(m)
        at 0 absent(missing)
          {} 1
        at 0 absent(missing{a="1",b="2",c!="3",d=~"4"})
          {a="1",b="2"} 1
        at 0 absent(missing{a="1",a="2",b="3"})
          {b="3"} 1
        at 0 absent(missing{a="",b="1"})
          {b="1"} 1
        at 0 absent(sum(missing{a="1"}))
          {} 1
        at 0 absent((missing{a="1"}))
          {a="1"} 1
        at 0 absent_over_time(missing{a="1"}[5m])
          {a="1"} 1
        at 0 absent_over_time(m[5m])
        at 6m absent_over_time(m[5m])
          {} 1
        from 0 to 8m step 4m absent(m)
          {} _ _ 1
        at 0 absent(rate(m[5m]))
          {} 1
        at 0 absent_over_time((m > 5)[5m:])
          {} 1
        """);

    [Fact]
    public void Timestamps_are_those_of_samples_or_of_the_evaluation() => Script.Run("""
        load 1m
          m 1 2 3
        at 2m30s timestamp(m)
          {} 120
        at 2m30s timestamp((m))
          {} 120
        at 2m30s timestamp(m offset 1m)
          {} 60
        at 2m30s timestamp(m @ 61)
          {} 60
        at 2m30s timestamp(m + 0)
          {} 150
        at 2m30s timestamp(abs(m))
          {} 150
        from 0 to 90s step 45s timestamp(m)
          {} 0 0 60
        """);

    [Fact]
    public void Info_metrics_lend_their_labels() => Script.Run("""
        load 1m
          m{instance="a",job="1"} 1 2 3
          m{instance="b",job="1"} 4 5 6
          target_info{instance="a",job="1",version="v1",os="linux"} 1 1 stale
          target_info{instance="a",job="1",version="v2",os="linux"} _ _ 1
          build_info{instance="b",job="1",commit="abc"} 1 1 1
        from 0 to 2m step 1m info(m)
          m{instance="a",job="1",version="v1",os="linux"} 1 2 _
          m{instance="a",job="1",version="v2",os="linux"} _ _ 3
          m{instance="b",job="1"} 4 5 6
        at 0 info(m, {version=~".+"})
          m{instance="a",job="1",version="v1"} 1
        at 0 info(m, {version=~".*"})
          m{instance="a",job="1",version="v1"} 1
          m{instance="b",job="1"} 4
        at 0 info(m, {__name__="build_info"})
          m{instance="a",job="1"} 1
          m{instance="b",job="1",commit="abc"} 4
        at 0 info(m, {__name__=~".*_info"})
          m{instance="a",job="1",version="v1",os="linux"} 1
          m{instance="b",job="1",commit="abc"} 4
        at 0 info(rate(m[5m]), up)
          fail expected label selectors only
        """);

    [Fact]
    public void Durations_may_be_computed() => Script.Run("""
        load 1m
          m 0+1x20
        at 10m sum_over_time(m[1m * 2])
          {} 19
        at 10m sum_over_time(m[(1 + 1) * 1m])
          {} 19
        at 10m sum_over_time(m[2m:1m * 1])
          {} 19
        at 10m m offset (2 ^ 2 * 15s)
          m 9
        from 8m to 10m step 2m count_over_time(m[step()])
          {} 2 2
        from 8m to 10m step 2m count_over_time(m[max(step(), 3m)])
          {} 3 3
        from 8m to 10m step 2m count_over_time(m[min(step() + 1m, 90s)])
          {} 2 2
        from 8m to 12m step 2m max_over_time(m[range()] @ end())
          {} 12 12 12
        at 10m m[step()]
          fail duration must be greater than 0
        at 10m m[5m / 0]
          fail division by zero
        at 10m m[5m - 10m]
          fail duration must be greater than 0
        at 10m m offset -(1m + 1m)
          m 12
        """);
}
