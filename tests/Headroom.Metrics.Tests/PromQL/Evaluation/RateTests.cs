using Headroom.Metrics.Tests.PromQL.Notation;

namespace Headroom.Metrics.Tests.PromQL.Evaluation;

public sealed class RateTests
{
    [Fact]
    public void A_rate_is_drawn_out_to_the_borders_of_its_window() => Script.Run("""
        load 5m
          c_total 0+10x10
        # Samples at 10, 20, 30, 40, 50 min of (0, 50]: 40 in 40 min, half-open on both sides by 5 min or less.
        at 50m rate(c_total[50m])
          {} 0.03333333333333333
        at 50m increase(c_total[50m])
          {} 100
        at 50m increase(c_total[10m])
          {} 20
        at 52m increase(c_total[10m])
          {} 20
        at 50m delta(c_total[10m])
          {} 20
        at 50m rate(c_total[5m])
        at 50m rate(c_total[5m1s])
          {} 0.03333333333333333
        """);

    [Fact]
    public void A_counter_is_never_drawn_out_below_zero() => Script.Run("""
        load 1m
          c_total _ _ 2 12 22
          late_total _ _ 100 110 120
          g _ _ 2 12 22
        # From the first sample at 2 min back: 12 s until it was zero.
        at 4m increase(c_total[4m])
          {} 22
        # 12 s also lie within half an interval.
        at 4m increase(c_total[10m])
          {} 22
        # Not a counter: half an interval before the first sample, though that goes below zero.
        at 4m delta(g[10m])
          {} 25
        at 4m increase(late_total[10m])
          {} 25
        at 4m increase(late_total[3m])
          {} 30
        """);

    [Fact]
    public void Gaps_beyond_a_tenth_over_the_average_count_as_the_end_of_the_series() => Script.Run("""
        load 1m
          c_total 1000 1060 1120 1180
        # Window (-1m5s, 3m]: the first sample is 65 s after its start, within 66.
        at 3m increase(c_total[4m5s])
          {} 245
        # 67 s: only half an interval.
        at 3m increase(c_total[4m7s])
          {} 210
        at 4m4s increase(c_total[4m4s])
          {} 244
        at 4m7s increase(c_total[4m7s])
          {} 210
        """);

    [Fact]
    public void A_fall_is_a_reset() => Script.Run("""
        load 1m
          c_total 0 50 100 10 60
        at 4m increase(c_total[5m])
          {} 160
        at 4m resets(c_total[5m])
          {} 1
        # From 10 it takes 12 s back to zero.
        at 4m rate(c_total[2m])
          {} 0.5
        at 4m increase(c_total[2m])
          {} 60
        at 4m delta(c_total[2m])
          {} 100
        at 3m delta(c_total[2m])
          {} -180
        at 3m increase(c_total[2m])
          {} 20
        at 3m irate(c_total[5m])
          {} 0.16666666666666666
        at 3m idelta(c_total[5m])
          {} -90
        at 4m irate(c_total[5m])
          {} 0.8333333333333334
        """);

    [Fact]
    public void Two_samples_are_needed() => Script.Run("""
        load 1m
          c_total 1 _ _ 4
        at 0 rate(c_total[5m])
        at 3m rate(c_total[2m])
        at 3m irate(c_total[2m])
        at 3m idelta(c_total[10m])
          {} 3
        at 3m deriv(c_total[2m])
        at 3m predict_linear(c_total[2m], 60)
        at 3m changes(c_total[2m])
          {} 0
        """);

    [Fact]
    public void A_name_that_is_no_counters_is_remarked_on() => Script.Run("""
        load 1m
          gauge 1 2 3
          a_total 1 2 3
          a_sum 1 2 3
          a_count 1 2 3
          a_bucket 1 2 3
          lonely 1
        at 2m rate(gauge[3m])
          {} 0.016666666666666666
          info PromQL info: metric might not be a counter, name does not end in _total/_sum/_count/_bucket: "gauge" (1:6)
        at 2m sum(increase(gauge[3m]))
          {} 3
          info "gauge" (1:14)
        at 2m rate(a_total[3m]) + rate(a_sum[3m]) + rate(a_count[3m]) + rate(a_bucket[3m])
          {} 0.06666666666666667
        at 2m irate(gauge[3m]) + delta(gauge[3m])
          {} 3.0166666666666666
        at 2m rate(lonely[3m])
        at 2m rate(sum(gauge)[3m:1m])
          {} 0.016666666666666666
        """);

    [Fact]
    public void A_range_query_gives_at_each_step_what_an_instant_gives() => Script.Run("""
        load 15s
          c_total 0+15x20 5+15x20
        # After the reset the counter was zero 5 s before its first sample.
        from 1m to 6m step 1m rate(c_total[1m])
          {} 1 1 1 1 1 0.8333333333333333
        from 5m to 6m step 15s increase(c_total[45s])
          {} 45 30 30 35 45
        """);

    [Fact]
    public void Anchored_ranges_count_what_was_seen() => Script.Run("""
        load 15s
          c_total 1 2 3 4 5 9 10 11 12 13
        at 75s increase(c_total[1m] anchored)
          {} 7
        at 70s increase(c_total[1m] anchored)
          {} 4
        at 135s increase(c_total[1m] anchored)
          {} 4
        at 0 increase(c_total[1m] anchored)
          {} 0
        at 75s rate(c_total[1m] anchored)
          {} 0.11666666666666667
        at 75s delta(c_total[1m] anchored)
          {} 7
        at 75s changes(c_total[1m] anchored)
          {} 4
        at 75s resets(c_total[1m] anchored)
          {} 0
        at 75s sum_over_time(c_total[1m] anchored)
          fail anchored modifier can only be used with: changes, delta, increase, rate, resets - not with sum_over_time
        """);

    [Fact]
    public void Smoothed_ranges_lie_on_the_line_between_samples() => Script.Run("""
        load 1m
          c_total 0 60 120 180 240
        at 90s increase(c_total[1m] smoothed)
          {} 60
        at 210s rate(c_total[2m] smoothed)
          {} 1
        at 90s c_total smoothed
          c_total 90
        at 1m c_total smoothed
          c_total 60
        at 4m30s c_total smoothed
          c_total 240
        at 90s irate(c_total[1m] smoothed)
          fail smoothed modifier can only be used with: delta, increase, rate - not with irate
        """);
}
