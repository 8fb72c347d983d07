using Headroom.Metrics.PromQL;
using Headroom.Metrics.Tests.PromQL.Notation;

namespace Headroom.Metrics.Tests.PromQL.Evaluation;

public sealed class DelayedNameTests
{
    private static readonly PromqlOptions Delayed = new() { Features = PromqlFeatures.AllSyntax | PromqlFeatures.DelayedNameRemoval };

    private const string Data = """
        load 1m
          a_total{env="1"} 100 160 220
          a_total{env="2"} 200 320 440
          b_total{env="1"} 300 480 660

        """;

    [Fact]
    public void Names_go_at_the_end_of_the_evaluation() => Script.Run(Data + """
        at 2m rate(a_total[3m])
          {env="1"} 1
          {env="2"} 2
        at 2m abs(a_total) + 0
          {env="1"} 220
          {env="2"} 440
        at 2m sum by (__name__, env) (rate({__name__=~"a_total|b_total"}[3m]))
          fail vector cannot contain metrics with the same labelset
        at 2m count(rate({__name__=~"a_total|b_total"}[3m]))
          {} 3
        at 2m label_replace(rate({__name__=~"a_total|b_total"}[3m]), "name", "$1", "__name__", "(.+)")
          {env="1",name="a_total"} 1
          {env="2",name="a_total"} 2
          {env="1",name="b_total"} 3
        at 2m label_replace(rate({__name__=~"a_total|b_total"}[3m]), "__name__", "rate_$1", "__name__", "(.+)")
          rate_a_total{env="1"} 1
          rate_a_total{env="2"} 2
          rate_b_total{env="1"} 3
        at 2m rate({__name__=~"a_total|b_total"}[3m])
          fail vector cannot contain metrics with the same labelset
        at 2m last_over_time(rate(a_total[3m])[1m:1m])
          {env="1"} 1
          {env="2"} 2
        at 2m topk(1, rate({__name__=~"a_total|b_total"}[3m]))
          {env="1"} 3
        at 2m -a_total
          {env="1"} -220
          {env="2"} -440
        """, Delayed);

    [Fact]
    public void Without_the_option_names_go_at_once() => Script.Run(Data + """
        at 2m sum by (__name__) (rate(a_total[3m]))
          {} 3
        at 2m count(rate({__name__=~"a_total|b_total"}[3m]))
          fail vector cannot contain metrics with the same labelset
        at 2m label_replace(rate(a_total[3m]), "name", "$1", "__name__", "(.+)")
          {env="1"} 1
          {env="2"} 2
        """);
}
