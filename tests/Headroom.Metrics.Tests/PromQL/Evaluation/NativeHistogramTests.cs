using Headroom.Metrics.Tests.PromQL.Notation;

namespace Headroom.Metrics.Tests.PromQL.Evaluation;

public sealed class NativeHistogramTests
{
    // Buckets (0.5, 1], (1, 2], (2, 4].
    private const string One = """
        load 1m
          h {{schema:0 count:12 sum:20 z_bucket:2 z_bucket_w:0.001 buckets:[2 4 4]}}
          f 3

        """;

    [Fact]
    public void Parts_of_a_histogram_can_be_read() => Script.Run(One + """
        at 0 h
          h {{schema:0 count:12 sum:20 z_bucket:2 z_bucket_w:0.001 buckets:[2 4 4]}}
        at 0 histogram_count(h)
          {} 12
        at 0 histogram_sum(h)
          {} 20
        at 0 histogram_avg(h)
          {} 1.6666666666666667
        at 0 histogram_count(f)
        at 0 histogram_quantile(0.5, f)
          warn bucket label "le" is missing or has a malformed value of "" for metric name "f"
        at 0 histogram_avg({__name__=~"h|f"})
          {} 1.6666666666666667
        """);

    [Fact]
    public void Quantiles_are_interpolated_exponentially_and_in_the_zero_bucket_linearly() => Script.Run(One + """
        at 0 histogram_quantile(0.5, h)
          {} 1.4142135623730951
        at 0 histogram_quantile(1, h)
          {} 4
        at 0 histogram_quantile(0.25, h)
          {} 0.7071067811865476
        # All regular buckets are positive, so the zero bucket is taken as (0, 0.001].
        at 0 histogram_quantile(0.08333333333333333, h)
          {} 0.0005
        at 0 histogram_quantile(0, h)
          {} 0
        at 0 histogram_quantile(-1, h)
          {} -Inf
          warn got -1
        at 0 histogram_quantile(2, h)
          {} Inf
          warn got 2
        at 0 histogram_quantile(NaN, h)
          {} NaN
          warn got NaN
        """);

    [Fact]
    public void Negative_observations_mirror_positive_ones() => Script.Run("""
        load 1m
          n {{schema:0 count:10 sum:-20 z_bucket:2 z_bucket_w:0.5 n_buckets:[0 4 4]}}
          b {{schema:0 count:10 sum:0 z_bucket:2 z_bucket_w:0.5 buckets:[0 4] n_buckets:[0 4]}}
          e {{}}
        at 0 histogram_quantile(0.2, n)
          {} -2.8284271247461903
        at 0 histogram_quantile(0.9, n)
          {} -0.25
        at 0 histogram_quantile(0.5, b)
          {} 0
        at 0 histogram_quantile(0.2, b)
          {} -1.4142135623730951
        at 0 histogram_quantile(0.8, b)
          {} 1.4142135623730951
        at 0 histogram_quantile(0.5, e)
          {} NaN
        at 0 histogram_avg(e)
          {} NaN
        at 0 histogram_fraction(-1, 1, b)
          {} 0.2
        at 0 histogram_fraction(-2, 0, b)
          {} 0.5
        at 0 histogram_fraction(-Inf, -1.4142135623730951, b)
          {} 0.2
        """);

    [Fact]
    public void Fractions_lie_between_two_values() => Script.Run(One + """
        at 0 histogram_fraction(0, 1, h)
          {} 0.3333333333333333
        at 0 histogram_fraction(1, 2, h)
          {} 0.3333333333333333
        at 0 histogram_fraction(1, 1.4142135623730951, h)
          {} 0.16666666666666666
        at 0 histogram_fraction(-Inf, Inf, h)
          {} 1
        at 0 histogram_fraction(0, 0.0005, h)
          {} 0.08333333333333333
        at 0 histogram_fraction(2, 1, h)
          {} 0
        at 0 histogram_fraction(NaN, 1, h)
          {} NaN
        at 0 histogram_fraction(4, Inf, h)
          {} 0
        at 0 histogram_fraction(-5, -1, h)
          {} 0
        """);

    [Fact]
    public void Custom_bounds_behave_like_a_classic_histogram() => Script.Run("""
        load 1m
          c {{schema:-53 count:10 sum:50 custom_values:[1 5 10] buckets:[2 4 2 2]}}
          c_bucket{le="1"} 2
          c_bucket{le="5"} 6
          c_bucket{le="10"} 8
          c_bucket{le="+Inf"} 10
          below {{schema:-53 count:4 sum:-8 custom_values:[-2 0] buckets:[2 2]}}
        at 0 histogram_quantile(0.5, c)
          {} 4
        at 0 histogram_quantile(0.5, c_bucket)
          {} 4
        at 0 histogram_quantile(0.1, c) == bool histogram_quantile(0.1, c_bucket)
          {} 1
        at 0 histogram_quantile(0.1, c)
          {} 0.5
        at 0 histogram_quantile(0.95, c)
          {} 10
        at 0 histogram_quantile(0.95, c_bucket)
          {} 10
        at 0 histogram_quantile(0.25, below)
          {} -2
        at 0 histogram_fraction(0, 5, c)
          {} 0.6
        at 0 histogram_fraction(0, 5, c_bucket)
          {} 0.6
        at 0 histogram_fraction(3, 7.5, c)
          {} 0.3
        at 0 histogram_fraction(3, 7.5, c_bucket)
          {} 0.3
        at 0 histogram_fraction(-Inf, Inf, c)
          {} 1
        at 0 histogram_fraction(-Inf, 20, c_bucket)
          {} 0.8
        """);

    [Fact]
    public void Spread_is_estimated_from_the_middles_of_buckets() => Script.Run("""
        load 1m
          h {{schema:0 count:4 sum:8 buckets:[0 0 4]}}
          c {{schema:-53 count:4 sum:10 custom_values:[2 4] buckets:[0 4]}}
          z {{schema:0 count:4 sum:0 z_bucket:4 z_bucket_w:1}}
        at 0 histogram_stdvar(h)
          {} 0.6862915010152397
        at 0 histogram_stddev(h)
          {} 0.8284271247461902
        at 0 histogram_stdvar(c)
          {} 0.25
        at 0 histogram_stddev(z)
          {} 0
        """);

    [Fact]
    public void Observations_of_NaN_are_in_no_bucket() => Script.Run("""
        load 1m
          h {{schema:0 count:10 sum:NaN buckets:[4 4]}}
        at 0 histogram_quantile(0.4, h)
          {} 1
          info input to histogram_quantile has NaN observations, result is skewed higher for metric name "h"
        at 0 histogram_quantile(0.9, h)
          {} NaN
          info input to histogram_quantile has NaN observations, result is NaN for metric name "h"
        at 0 histogram_fraction(-Inf, Inf, h)
          {} 0.8
          info input to histogram_fraction has NaN observations, which are excluded from all fractions
        """);

    [Fact]
    public void Histograms_are_added_and_subtracted() => Script.Run("""
        load 1m
          a {{schema:1 count:4 sum:5 buckets:[1 2 1]}}
          b {{schema:0 count:3 sum:4 z_bucket:1 z_bucket_w:0.001 buckets:[1 1]}}
          g {{schema:1 count:4 sum:5 buckets:[1 2 1] counter_reset_hint:gauge}}
          r {{schema:1 count:4 sum:5 buckets:[1 2 1] counter_reset_hint:reset}}
          s {{schema:1 count:4 sum:5 buckets:[1 2 1] counter_reset_hint:not_reset}}
          c {{schema:-53 count:3 sum:4 custom_values:[1 5 10] buckets:[1 1 0 1]}}
          d {{schema:-53 count:3 sum:4 custom_values:[1 10 20] buckets:[1 0 1 1]}}
          f 2
        at 0 a + a
          {} {{schema:1 count:8 sum:10 buckets:[2 4 2]}}
        # At the lower resolution (2^-0.5, 1] and (0.5, 2^-0.5] are one bucket.
        at 0 a + b
          {} {{schema:0 count:7 sum:9 z_bucket:1 z_bucket_w:0.001 buckets:[2 4]}}
        at 0 a - a
          {} {{schema:1 count:0 sum:0 counter_reset_hint:gauge}}
        at 0 a - ignoring () b
          {} {{schema:0 count:1 sum:1 z_bucket:-1 z_bucket_w:0.001 buckets:[0 2] counter_reset_hint:gauge}}
        at 0 r + s
          {} {{schema:1 count:8 sum:10 buckets:[2 4 2]}}
          warn conflicting counter resets during histogram addition
        at 0 r - s
          {} {{schema:1 count:0 sum:0}}
          warn conflicting counter resets during histogram subtraction
        at 0 a + c
          warn incompatible bucket layout encountered for binary operator +
        # Only 1 and 10 are borders of both.
        at 0 c + d
          {} {{schema:-53 count:6 sum:8 custom_values:[1 10] buckets:[2 1 3]}}
          info mismatched custom buckets were reconciled during addition
        at 0 a + f
          info incompatible sample types encountered for binary operator "+": histogram + float
        at 0 f - a
          info incompatible sample types encountered for binary operator "-": float - histogram
        at 0 a * a
          info histogram * histogram
        at 0 a ^ 2
          info histogram ^ float
        at 0 a % 2
          info histogram % float
        at 0 -a
          {} {{schema:1 count:-4 sum:-5 buckets:[-1 -2 -1] counter_reset_hint:gauge}}
        """);

    [Fact]
    public void Histograms_are_scaled_by_floats() => Script.Run(One + """
        at 0 h * 2
          {} {{schema:0 count:24 sum:40 z_bucket:4 z_bucket_w:0.001 buckets:[4 8 8]}}
        at 0 2 * h
          {} {{schema:0 count:24 sum:40 z_bucket:4 z_bucket_w:0.001 buckets:[4 8 8]}}
        at 0 h * f
          {} {{schema:0 count:36 sum:60 z_bucket:6 z_bucket_w:0.001 buckets:[6 12 12]}}
        at 0 h / 2
          {} {{schema:0 count:6 sum:10 z_bucket:1 z_bucket_w:0.001 buckets:[1 2 2]}}
        at 0 h * -1
          {} {{schema:0 count:-12 sum:-20 z_bucket:-2 z_bucket_w:0.001 buckets:[-2 -4 -4]}}
        at 0 2 / h
          info incompatible sample types encountered for binary operator "/": float / histogram
        at 0 f / h
          info incompatible sample types encountered for binary operator "/": float / histogram
        at 0 h / 0
          {} {{schema:0 count:Inf sum:Inf z_bucket:Inf z_bucket_w:0.001}}
        """);

    [Fact]
    public void Histograms_are_compared_for_equality_only() => Script.Run("""
        load 1m
          a {{schema:0 count:4 sum:5 buckets:[1 2 1]}}
          b {{schema:0 count:4 sum:5 buckets:[1 2 1 0] counter_reset_hint:gauge}}
          c {{schema:0 count:4 sum:6 buckets:[1 2 1]}}
          f 4
        at 0 a == b
          a {{schema:0 count:4 sum:5 buckets:[1 2 1]}}
        at 0 a != b
        at 0 a == c
        at 0 a != c
          a {{schema:0 count:4 sum:5 buckets:[1 2 1]}}
        at 0 a == bool c
          {} 0
        at 0 a != bool c
          {} 1
        at 0 a > c
          info incompatible sample types encountered for binary operator ">": histogram > histogram
        at 0 a == 4
          info histogram == float
        at 0 a == bool f
          info histogram == float
        at 0 a and f
          a {{schema:0 count:4 sum:5 buckets:[1 2 1]}}
        at 0 a > 1
          info histogram > float
        """);

    [Fact]
    public void Observations_can_be_trimmed_off() => Script.Run(One + """
        at 0 h </ 2
          h {{schema:0 count:8 sum:7.072067811865476 z_bucket:2 z_bucket_w:0.001 buckets:[2 4]}}
        at 0 h >/ 2
          h {{schema:0 count:4 sum:11.313708498984761 z_bucket_w:0.001 offset:2 buckets:[4]}}
        at 0 h </ +Inf
          h {{schema:0 count:12 sum:20 z_bucket:2 z_bucket_w:0.001 buckets:[2 4 4]}}
        at 0 h >/ -Inf
          h {{schema:0 count:12 sum:20 z_bucket:2 z_bucket_w:0.001 buckets:[2 4 4]}}
        at 0 h >/ +Inf
          h {{schema:0 z_bucket_w:0.001}}
        at 0 histogram_count(h </ 1.4142135623730951)
          {} 6
        at 0 histogram_count(h >/ 1.4142135623730951)
          {} 6
        at 0 f </ 2
          info incompatible sample types encountered for binary operator "</": float </ float
        at 0 h </ h
          info histogram </ histogram
        """);

    [Fact]
    public void Aggregations_add_and_average_histograms_and_ignore_them_otherwise() => Script.Run("""
        load 1m
          m{x="1"} {{schema:0 count:4 sum:5 buckets:[1 2 1]}}
          m{x="2"} {{schema:0 count:6 sum:7 buckets:[3 2 1]}}
          m{x="3"} 5
          n{x="1"} {{schema:0 count:4 sum:5 buckets:[1 2 1]}}
          n{x="2"} {{schema:-53 count:4 sum:5 custom_values:[1] buckets:[3 1]}}
        at 0 sum(m{x!="3"})
          {} {{schema:0 count:10 sum:12 buckets:[4 4 2]}}
        at 0 avg(m{x!="3"})
          {} {{schema:0 count:5 sum:6 buckets:[2 2 1]}}
        at 0 sum(m)
          warn encountered a mix of histograms and floats for aggregation
        at 0 avg(m)
          warn encountered a mix of histograms and floats for aggregation
        at 0 sum by (x) (m)
          {x="1"} {{schema:0 count:4 sum:5 buckets:[1 2 1]}}
          {x="2"} {{schema:0 count:6 sum:7 buckets:[3 2 1]}}
          {x="3"} 5
        at 0 sum(n)
          warn vector contains a mix of histograms with exponential and custom buckets schemas for metric name "n"
        at 0 count(m)
          {} 3
        at 0 group(m)
          {} 1
        at 0 min(m)
          {} 5
          info ignored histogram in min aggregation
        at 0 max(m)
          {} 5
          info ignored histogram in max aggregation
        at 0 stddev(m)
          {} 0
          info ignored histogram in stddev aggregation
        at 0 stdvar(m)
          {} 0
          info ignored histogram in stdvar aggregation
        at 0 quantile(0.5, m)
          {} 5
          info ignored histogram in quantile aggregation
        at 0 topk(5, m)
          m{x="3"} 5
          info ignored histogram in topk aggregation
        at 0 bottomk(5, m)
          m{x="3"} 5
          info ignored histogram in bottomk aggregation
        at 0 count(limitk(3, m))
          {} 3
        at 0 count_values("v", m)
          {v="5"} 1
          {v="{count:4, sum:5, (0.5,1]:1, (1,2]:2, (2,4]:1}"} 1
          {v="{count:6, sum:7, (0.5,1]:3, (1,2]:2, (2,4]:1}"} 1
        at 0 sort(m)
          m{x="3"} 5
        at 0 abs(m)
          {x="3"} 5
        at 0 scalar(m)
          5
        at 0 clamp_min(m, 1)
          {x="3"} 5
        at 0 label_replace(m{x="1"}, "y", "z", "", "")
          m{x="1",y="z"} {{schema:0 count:4 sum:5 buckets:[1 2 1]}}
        at 0 absent(m{x="1"})
        at 30s timestamp(m{x="1"})
          {x="1"} 0
        """);

    [Fact]
    public void Rates_of_histograms() => Script.Run("""
        load 1m
          h {{schema:0 count:4 sum:5 buckets:[1 2 1]}}+{{schema:0 count:6 sum:6 buckets:[2 2 2]}}x5
          g {{schema:0 count:4 sum:5 buckets:[1 2 1] counter_reset_hint:gauge}} {{schema:0 count:3 sum:5 buckets:[1 1 1] counter_reset_hint:gauge}}
          r {{schema:0 count:4 sum:5 buckets:[1 2 1]}} {{schema:0 count:10 sum:11 buckets:[3 4 3]}} {{schema:0 count:2 sum:3 buckets:[1 1 0]}} {{schema:0 count:4 sum:6 buckets:[2 2 0]}}
          mix {{schema:0 count:4 sum:5 buckets:[1 2 1]}} 3 4
          low {{schema:1 count:4 sum:5 buckets:[1 2 1]}} {{schema:0 count:8 sum:10 buckets:[2 6]}}
        at 5m rate(h[5m])
          {} {{schema:0 count:0.1 sum:0.1 buckets:[0.03333333333333333 0.03333333333333333 0.03333333333333333] counter_reset_hint:gauge}}
        at 5m increase(h[2m])
          {} {{schema:0 count:12 sum:12 buckets:[4 4 4]}}
        at 5m irate(h[5m])
          {} {{schema:0 count:0.1 sum:0.1 buckets:[0.03333333333333333 0.03333333333333333 0.03333333333333333]}}
        at 5m delta(h[2m])
          {} {{schema:0 count:12 sum:12 buckets:[4 4 4]}}
          warn this native histogram metric is not a gauge: "h"
        at 1m delta(g[2m])
          {} {{schema:0 count:-2 sum:0 buckets:[0 -2]}}
        at 1m idelta(g[2m])
          {} {{schema:0 count:-1 sum:0 buckets:[0 -1]}}
        at 1m rate(g[2m])
          {} {{schema:0 count:0.05 sum:0.08333333333333333 buckets:[0.016666666666666666 0.016666666666666666 0.016666666666666666]}}
          warn this native histogram metric is not a counter: "g"
        # 10 - 4 before the reset, 2 and 2 after it; half a minute or less either way.
        at 3m increase(r[4m])
          {} {{schema:0 count:13.333333333333332 sum:16 buckets:[5.333333333333333 5.333333333333333 2.6666666666666665]}}
        at 3m histogram_count(increase(r[4m]))
          {} 13.333333333333332
        at 2m rate(mix[3m])
          warn encountered a mix of histograms and floats for metric name "mix"
        at 2m irate(mix[3m])
          {} 0.016666666666666666
        at 1m irate(mix[3m])
          warn encountered a mix of histograms and floats for metric name "mix"
        at 1m increase(low[1m1s])
          {} {{schema:0 count:4.066666666666666 sum:5.083333333333333 buckets:[1.0166666666666666 3.0499999999999994]}}
        at 3m resets(r[4m])
          {} 1
        at 3m changes(r[4m])
          {} 3
        at 2m changes(mix[3m])
          {} 2
        at 2m resets(mix[3m])
          {} 1
        """);

    [Fact]
    public void Aggregations_over_time_of_histograms() => Script.Run("""
        load 1m
          h {{schema:0 count:4 sum:5 buckets:[1 2 1]}} {{schema:0 count:6 sum:7 buckets:[3 2 1]}}
          mix {{schema:0 count:4 sum:5 buckets:[1 2 1]}} 3 4
        at 2m sum_over_time(h[3m])
          {} {{schema:0 count:10 sum:12 buckets:[4 4 2]}}
        at 2m avg_over_time(h[3m])
          {} {{schema:0 count:5 sum:6 buckets:[2 2 1]}}
        at 2m count_over_time(h[3m])
          {} 2
        at 2m last_over_time(h[3m])
          h {{schema:0 count:6 sum:7 buckets:[3 2 1]}}
        at 2m first_over_time(h[3m])
          h {{schema:0 count:4 sum:5 buckets:[1 2 1]}}
        at 2m present_over_time(h[3m])
          {} 1
        at 2m max_over_time(h[3m])
        at 2m max_over_time(mix[3m])
          {} 4
          info ignored histograms in a range containing both floats and histograms for metric name "mix"
        at 2m sum_over_time(mix[3m])
          warn encountered a mix of histograms and floats for metric name "mix"
        at 2m quantile_over_time(0.5, mix[3m])
          {} 3.5
          info ignored histograms in a range containing both floats and histograms
        at 2m deriv(mix[3m])
          {} 0.016666666666666666
          info ignored histograms in a range containing both floats and histograms
        at 2m last_over_time(mix[3m])
          mix 4
        at 2m first_over_time(mix[3m])
          mix {{schema:0 count:4 sum:5 buckets:[1 2 1]}}
        at 2m count_over_time(mix[3m])
          {} 3
        at 2m ts_of_first_over_time(mix[3m]) + ts_of_last_over_time(mix[3m])
          {} 120
        at 2m mix[3m]
          mix {{schema:0 count:4 sum:5 buckets:[1 2 1]}} 3 4
        """);

    [Fact]
    public void Stale_histograms_end_a_series() => Script.Run("""
        load 1m
          h {{schema:0 count:4 sum:5 buckets:[1 2 1]}} stale {{schema:0 count:6 sum:7 buckets:[3 2 1]}}
        from 0 to 2m step 1m h
          h {{schema:0 count:4 sum:5 buckets:[1 2 1]}} _ {{schema:0 count:6 sum:7 buckets:[3 2 1]}}
        from 0 to 2m step 1m histogram_count(h)
          {} 4 _ 6
        from 0 to 2m step 1m sum(h)
          {} {{schema:0 count:4 sum:5 buckets:[1 2 1]}} _ {{schema:0 count:6 sum:7 buckets:[3 2 1]}}
        """);

    [Fact]
    public void Zero_buckets_are_widened_to_agree() => Script.Run("""
        load 1m
          a {{schema:0 count:6 sum:5 z_bucket:1 z_bucket_w:0.001 offset:-2 buckets:[1 1 1 2]}}
          b {{schema:0 count:3 sum:4 z_bucket:2 z_bucket_w:0.5 offset:1 buckets:[1]}}
        # Buckets (0.125, 0.25] and (0.25, 0.5] of the first fall into the wider zero bucket.
        at 0 a + b
          {} {{schema:0 count:9 sum:9 z_bucket:5 z_bucket_w:0.5 offset:0 buckets:[1 3]}}
        at 0 b + a
          {} {{schema:0 count:9 sum:9 z_bucket:5 z_bucket_w:0.5 offset:0 buckets:[1 3]}}
        """);

    [Fact]
    public void Several_quantiles_can_be_asked_for_at_once() => Script.Run(One + """
        at 0 histogram_quantiles(h, "q", 0.25, 1)
          {q="0.25"} 0.7071067811865476
          {q="1"} 4
        """);
}
