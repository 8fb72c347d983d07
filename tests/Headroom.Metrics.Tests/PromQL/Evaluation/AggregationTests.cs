using Headroom.Metrics.Tests.PromQL.Notation;

namespace Headroom.Metrics.Tests.PromQL.Evaluation;

public sealed class AggregationTests
{
    private const string Data = """
        load 1m
          http{job="api",instance="0",group="prod"} 100
          http{job="api",instance="1",group="prod"} 200
          http{job="api",instance="0",group="canary"} 300
          http{job="app",instance="0",group="prod"} 500
          http{job="app",instance="1",group="canary"} 800

        """;

    [Fact]
    public void Groups_are_told_apart_by_or_without_labels() => Script.Run(Data + """
        at 0 sum by (group) (http)
          {group="prod"} 800
          {group="canary"} 1100
        at 0 sum(http) by (group)
          {group="prod"} 800
          {group="canary"} 1100
        at 0 sum without (instance) (http)
          {job="api",group="prod"} 300
          {job="api",group="canary"} 300
          {job="app",group="prod"} 500
          {job="app",group="canary"} 800
        at 0 sum without () (http)
          {job="api",instance="0",group="prod"} 100
          {job="api",instance="1",group="prod"} 200
          {job="api",instance="0",group="canary"} 300
          {job="app",instance="0",group="prod"} 500
          {job="app",instance="1",group="canary"} 800
        at 0 sum by () (http)
          {} 1900
        at 0 sum(http)
          {} 1900
        at 0 sum by (nothing) (http)
          {} 1900
        at 0 sum by (group, job,) (http)
          {job="api",group="prod"} 300
          {job="api",group="canary"} 300
          {job="app",group="prod"} 500
          {job="app",group="canary"} 800
        at 0 sum by ("group") (http)
          {group="prod"} 800
          {group="canary"} 1100
        at 0 sum(missing)
        at 0 count by (__name__) (http)
          http 5
        at 0 SUM BY (group) (http)
          {group="prod"} 800
          {group="canary"} 1100
        """);

    [Fact]
    public void Simple_aggregations() => Script.Run(Data + """
        at 0 avg by (job) (http)
          {job="api"} 200
          {job="app"} 650
        at 0 min by (job) (http)
          {job="api"} 100
          {job="app"} 500
        at 0 max by (job) (http)
          {job="api"} 300
          {job="app"} 800
        at 0 count by (job) (http)
          {job="api"} 3
          {job="app"} 2
        at 0 group by (job) (http)
          {job="api"} 1
          {job="app"} 1
        at 0 stdvar by (job) (http)
          {job="api"} 6666.666666666667
          {job="app"} 22500
        at 0 stddev by (job) (http)
          {job="api"} 81.64965809277261
          {job="app"} 150
        at 0 quantile by (job) (0.5, http)
          {job="api"} 200
          {job="app"} 650
        at 0 quantile(0.9, http)
          {} 680
        at 0 quantile(-1, http)
          {} -Inf
          warn quantile value should be between 0 and 1, got -1
        at 0 quantile(1.5, http)
          {} Inf
          warn got 1.5
        at 0 quantile(NaN, http)
          {} NaN
          warn got NaN
        """);

    [Fact]
    public void Special_floats_follow_their_rules() => Script.Run("""
        load 1m
          m{a="1"} NaN
          m{a="2"} 1
          m{a="3"} -5
          n{a="1"} NaN
          n{a="2"} NaN
          i{a="1"} Inf
          i{a="2"} 1
          j{a="1"} Inf
          j{a="2"} -Inf
          big{a="1"} 1e308
          big{a="2"} 1e308
          big{a="3"} 1e308
          tiny{a="1"} 1
          tiny{a="2"} 1e100
          tiny{a="3"} 1
          tiny{a="4"} -1e100
        at 0 min(m)
          {} -5
        at 0 max(m)
          {} 1
        at 0 min(n)
          {} NaN
        at 0 max(n)
          {} NaN
        at 0 sum(m)
          {} NaN
        at 0 avg(m)
          {} NaN
        at 0 quantile(0, m)
          {} NaN
        at 0 quantile(1, m)
          {} 1
        at 0 sum(i)
          {} Inf
        at 0 avg(i)
          {} Inf
        at 0 sum(j)
          {} NaN
        at 0 avg(j)
          {} NaN
        at 0 stddev(i)
          {} NaN
        at 0 stdvar(n)
          {} NaN
        at 0 sum(big)
          {} Inf
        at 0 avg(big)
          {} 1e308
        at 0 sum(tiny)
          {} 2
        at 0 avg(tiny)
          {} 0.5
        """);

    [Fact]
    public void Top_and_bottom_elements_come_in_order() => Script.Run(Data + """
        ordered at 0 topk(3, http)
          http{job="app",instance="1",group="canary"} 800
          http{job="app",instance="0",group="prod"} 500
          http{job="api",instance="0",group="canary"} 300
        ordered at 0 bottomk(2, http)
          http{job="api",instance="0",group="prod"} 100
          http{job="api",instance="1",group="prod"} 200
        at 0 topk by (job) (1, http)
          http{job="api",instance="0",group="canary"} 300
          http{job="app",instance="1",group="canary"} 800
        at 0 topk without (instance, group) (1, http)
          http{job="api",instance="0",group="canary"} 300
          http{job="app",instance="1",group="canary"} 800
        at 0 topk(0, http)
        at 0 topk(-3, http)
        at 0 count(topk(100, http))
          {} 5
        at 0 topk(scalar(vector(1)), http)
          http{job="app",instance="1",group="canary"} 800
        at 0 topk(NaN, http)
          fail Parameter value is NaN
        at 0 topk(1e30, http)
          fail overflows int64
        at 0 topk(1.9, http)
          http{job="app",instance="1",group="canary"} 800
        """);

    [Fact]
    public void The_top_changes_from_step_to_step() => Script.Run("""
        load 1m
          m{a="1"} 1 5 1
          m{a="2"} 2 2 NaN
          m{a="3"} 3 3 3
        from 0 to 2m step 1m topk(1, m)
          m{a="1"} _ 5 _
          m{a="3"} 3 _ 3
        from 0 to 2m step 1m bottomk(2, m)
          m{a="1"} 1 _ 1
          m{a="2"} 2 2 _
          m{a="3"} _ 3 3
        from 0 to 2m step 1m topk(scalar(m{a="2"}), m{a!="2"})
          fail Parameter value is NaN
        ordered at 2m topk(3, m)
          m{a="3"} 3
          m{a="1"} 1
          m{a="2"} NaN
        ordered at 2m bottomk(3, m)
          m{a="1"} 1
          m{a="3"} 3
          m{a="2"} NaN
        """);

    [Fact]
    public void Values_can_be_counted() => Script.Run("""
        load 1m
          version{i="a"} 6 6
          version{i="b"} 6 7
          version{i="c"} 7 7.5
          version{i="d"} 1e21 NaN
        at 0 count_values("v", version)
          {v="6"} 2
          {v="7"} 1
          {v="1000000000000000000000"} 1
        at 1m count_values("v", version)
          {v="6"} 1
          {v="7"} 1
          {v="7.5"} 1
          {v="NaN"} 1
        at 0 count_values without (i) ("v", version)
          {v="6"} 2
          {v="7"} 1
          {v="1000000000000000000000"} 1
        at 0 count_values by (i) ("v", version)
          {i="a",v="6"} 1
          {i="b",v="6"} 1
          {i="c",v="7"} 1
          {i="d",v="1000000000000000000000"} 1
        at 0 count_values without () ("i", version)
          {i="6"} 2
          {i="7"} 1
          {i="1000000000000000000000"} 1
        from 0 to 1m step 1m count_values("v", version < 7)
          {v="6"} 2 1
        at 0 count_values("", version)
          fail invalid label name
        at 0 count_values("a.b", version{i="a"})
          {"a.b"="6"} 1
        """);

    [Fact]
    public void Some_elements_can_be_sampled() => Script.Run(Data + """
        at 0 count(limitk(3, http))
          {} 3
        at 0 limitk(0, http)
        at 0 count by (job) (limitk by (job) (1, http))
          {job="api"} 1
          {job="app"} 1
        at 0 count(limit_ratio(1, http))
          {} 5
        at 0 limit_ratio(0, http)
        at 0 count(limit_ratio(0.4, http) or limit_ratio(-0.6, http))
          {} 5
        at 0 limit_ratio(0.4, http) and limit_ratio(-0.6, http)
        at 0 count(limit_ratio(2, http))
          {} 5
          warn ratio value should be between -1 and 1, got 2, capping to 1
        at 0 limit_ratio(NaN, http)
          fail Ratio value is NaN
        """);

    [Fact]
    public void Sorting_orders_an_instant_and_warns_over_a_range() => Script.Run("""
        load 1m
          m{h="web2"} 3
          m{h="web10"} 1
          m{h="db1"} NaN
          m{h="web1"} 2
        ordered at 0 sort(m)
          m{h="web10"} 1
          m{h="web1"} 2
          m{h="web2"} 3
          m{h="db1"} NaN
        ordered at 0 sort_desc(m)
          m{h="web2"} 3
          m{h="web1"} 2
          m{h="web10"} 1
          m{h="db1"} NaN
        ordered at 0 sort_by_label(m, "h")
          m{h="db1"} NaN
          m{h="web1"} 2
          m{h="web2"} 3
          m{h="web10"} 1
        ordered at 0 sort_by_label_desc(m, "h")
          m{h="web10"} 1
          m{h="web2"} 3
          m{h="web1"} 2
          m{h="db1"} NaN
        ordered at 0 sort(m) + 1
          {h="web10"} 2
          {h="web1"} 3
          {h="web2"} 4
          {h="db1"} NaN
        ordered at 0 m
          m{h="db1"} NaN
          m{h="web1"} 2
          m{h="web10"} 1
          m{h="web2"} 3
        from 0 to 1m step 1m sort(m{h="web1"})
          m{h="web1"} 2 2
          warn sort is ineffective for range queries
        """);
}
