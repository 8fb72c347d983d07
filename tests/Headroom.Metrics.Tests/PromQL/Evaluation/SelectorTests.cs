using Headroom.Metrics.Tests.PromQL.Notation;

namespace Headroom.Metrics.Tests.PromQL.Evaluation;

public sealed class SelectorTests
{
    [Fact]
    public void An_instant_selector_takes_the_newest_sample_within_five_minutes() => Script.Run("""
        load 1m
          m 1 2 3
          gone 5
        at 0 m
          m 1
        at 90s m
          m 2
        at 2m m
          m 3
        at 6m59s m
          m 3
        at 7m m
        at 5m gone
        at 4m59s gone
          gone 5
        at -1s m
        from 0 to 8m step 2m m
          m 1 3 3 3 _
        """);

    [Fact]
    public void A_range_is_open_on_the_left_and_closed_on_the_right() => Script.Run("""
        load 1m
          m 1 2 3 4
        at 2m m[1m]
          m 3
        at 2m m[1m1ms]
          m 2 3
        at 3m count_over_time(m[3m])
          {} 3
        at 3m count_over_time(m[3m1s])
          {} 4
        at 10m m[5m]
        """);

    [Fact]
    public void A_stale_marker_ends_a_series_until_the_next_sample() => Script.Run("""
        load 1m
          m 1 stale 3 stale
        from 0 to 4m step 1m m
          m 1 _ 3 _ _
        at 4m count_over_time(m[5m])
          {} 2
        at 4m m[5m]
          m 1 3
        at 1m30s m offset 90s
          m 1
        at 4m m @ 60
        at 4m m @ 120
          m 3
        """);

    [Fact]
    public void Offset_looks_into_the_past_or_the_future() => Script.Run("""
        load 1m
          m 0+1x20
        at 10m m offset 3m
          m 7
        at 10m m offset -3m
          m 13
        at 10m m offset 180
          m 7
        at 10m sum_over_time(m[2m] offset 3m)
          {} 13
        at 10m sum_over_time(m[2m:1m] offset 3m)
          {} 13
        at 10m m offset (1m * 2 + 60)
          m 7
        """);

    [Fact]
    public void At_pins_the_time_and_offset_counts_from_there() => Script.Run("""
        load 1m
          m 0+1x20
        at 10m m @ 120
          m 2
        at 10m m @ 120 offset 1m
          m 1
        at 10m m offset 1m @ 120
          m 1
        at 10m m @ start()
          m 10
        from 5m to 9m step 2m m @ start()
          m 5 5 5
        from 5m to 9m step 2m m @ end() + m
          {} 14 16 18
        from 5m to 9m step 2m rate(m[2m] @ end())
          {} 0.016666666666666666 0.016666666666666666 0.016666666666666666
          info metric might not be a counter
        from 5m to 9m step 2m sum_over_time(m[2m:1m] @ start())
          {} 9 9 9
        at 10m m @ 1e3
          m 16
        at 10m m @ -1
        """);

    [Fact]
    public void Matchers_select_by_label() => Script.Run("""
        load 1m
          m{a="1",b="x"} 1
          m{a="2",b="y"} 2
          m{a="3"} 3
          n{a="1"} 4
        at 0 m{a="1"}
          m{a="1",b="x"} 1
        at 0 m{a!="1"}
          m{a="2",b="y"} 2
          m{a="3"} 3
        at 0 m{a=~"1|3"}
          m{a="1",b="x"} 1
          m{a="3"} 3
        at 0 m{a!~"1|3"}
          m{a="2",b="y"} 2
        at 0 m{b=""}
          m{a="3"} 3
        at 0 m{b!=""}
          m{a="1",b="x"} 1
          m{a="2",b="y"} 2
        at 0 {__name__=~"m|n",a="1"}
          m{a="1",b="x"} 1
          n{a="1"} 4
        at 0 {"m",a="3"}
          m{a="3"} 3
        at 0 m{a=~".+",a!="2",b=~"x?"}
          m{a="1",b="x"} 1
          m{a="3"} 3
        at 0 {a="1",__name__!="m"}
          n{a="1"} 4
        at 0 nothing
        """);

    [Fact]
    public void Names_and_labels_may_be_any_text() => Script.Run("""
        load 1m
          {"http.requests","service.name"="a b"} 1
          {"http.requests","service.name"="ü"} 2
        at 0 {"http.requests"}
          {"http.requests","service.name"="a b"} 1
          {"http.requests","service.name"="ü"} 2
        at 0 {"http.requests","service.name"=~"."}
          {"http.requests","service.name"="ü"} 2
        at 0 sum by ("service.name") ({"http.requests"})
          {"service.name"="a b"} 1
          {"service.name"="ü"} 2
        """);

    [Fact]
    public void A_sub_query_runs_at_multiples_of_its_resolution() => Script.Run("""
        load 10s
          m 0+1x100
        at 100s m[50s:10s]
          m 6 7 8 9 10
        at 105s m[50s:10s]
          m 6 7 8 9 10
        at 109s m[50s:20s]
          m 6 8 10
        at 1000s count_over_time(m[5m:])
          {} 5
        at 100s max_over_time(rate(m[30s])[1m:10s])
          {} 0.1
          info metric might not be a counter
        at 100s sum_over_time(sum_over_time(m[20s:10s])[30s:10s])
          {} 51
        from 100s to 120s step 10s sum_over_time(m[20s:10s])
          {} 19 21 23
        at 100s m[50s:10s] offset 20s
          m 4 5 6 7 8
        at 100s (m + 1)[20s:10s]
          {} 10 11
        """);
}
