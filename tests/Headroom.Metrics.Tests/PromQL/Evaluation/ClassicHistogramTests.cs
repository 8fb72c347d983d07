using Headroom.Metrics.Tests.PromQL.Notation;

namespace Headroom.Metrics.Tests.PromQL.Evaluation;

public sealed class ClassicHistogramTests
{
    private const string Data = """
        load 5m
          b{le="0"} 0
          b{le=".2"} 5
          b{le="1e0"} 9
          b{le="+Inf"} 10
          p_bucket{job="a",le="0.1"} 50
          p_bucket{job="a",le="0.2"} 70
          p_bucket{job="a",le="1"} 110
          p_bucket{job="a",le="+Inf"} 110
          p_bucket{job="b",le="0.1"} 50
          p_bucket{job="b",le="0.2"} 50
          p_bucket{job="b",le="1"} 50
          p_bucket{job="b",le="+Inf"} 50
          neg{le="-0.2"} 1
          neg{le="0"} 2
          neg{le="0.3"} 2
          neg{le="+Inf"} 3

        """;

    [Fact]
    public void A_quantile_is_interpolated_within_its_bucket() => Script.Run(Data + """
        at 0 histogram_quantile(0, b)
          {} 0
        at 0 histogram_quantile(0.25, b)
          {} 0.1
        at 0 histogram_quantile(0.5, b)
          {} 0.2
        at 0 histogram_quantile(0.9, b)
          {} 1
        at 0 histogram_quantile(0.99, b)
          {} 1
        at 0 histogram_quantile(0.7, b)
          {} 0.6
        at 0 histogram_quantile(0.5, p_bucket)
          {job="a"} 0.125
          {job="b"} 0.05
        at 0 histogram_quantile(0.5, sum by (le) (p_bucket))
          {} 0.08
        at 0 histogram_quantile(0.2, neg)
          {} -0.2
        at 0 histogram_quantile(0.5, neg)
          {} -0.1
        at 0 histogram_quantile(0.9, neg)
          {} 0.3
        at 0 histogram_quantile(1.1, b)
          {} Inf
          warn got 1.1
        at 0 histogram_quantile(-0.1, b)
          {} -Inf
          warn got -0.1
        at 0 histogram_quantile(0.5, rate(p_bucket[5m]))
        """);

    [Fact]
    public void Bad_buckets_are_told_apart_from_good_ones() => Script.Run("""
        load 1m
          two{le="1"} 2
          two{le="+Inf"} 4
          top{le="1"} 2
          top{le="2"} 4
          lone{le="+Inf"} 4
          empty{le="1"} 0
          empty{le="+Inf"} 0
          bad{le="x"} 1
          bad{le="1"} 2
          bad{le="+Inf"} 4
          dup{le="1",z="a"} 2
          dup{le="1.0",z="a"} 3
          dup{le="+Inf",z="a"} 10
        at 0 histogram_quantile(0.5, two)
          {} 1
        at 0 histogram_quantile(0.5, top)
          {} NaN
        at 0 histogram_quantile(0.5, lone)
          {} NaN
        at 0 histogram_quantile(0.5, empty)
          {} NaN
        at 0 histogram_quantile(0.25, bad)
          {} 0.5
          warn bucket label "le" is missing or has a malformed value of "x" for metric name "bad" (1:26)
        # Two spellings of one bound are one bucket.
        at 0 histogram_quantile(0.25, dup)
          {z="a"} 0.5
        at 0 histogram_quantile(0.25, {__name__=~"two|empty"})
          fail vector cannot contain metrics with the same labelset
        """);

    [Fact]
    public void Counts_are_made_monotonic() => Script.Run("""
        load 1m
          rounding{le="1"} 2.0000000000001
          rounding{le="2"} 2
          rounding{le="+Inf"} 4
          broken{le="1"} 10
          broken{le="2"} 8
          broken{le="4"} 12
          broken{le="+Inf"} 12
        at 0 histogram_quantile(0.5, rounding)
          {} 0.99999999999995
        at 0 histogram_quantile(0.5, broken)
          {} 0.6
          info input to histogram_quantile needed to be fixed for monotonicity
        """);

    [Fact]
    public void Fractions_of_classic_histograms() => Script.Run(Data + """
        at 0 histogram_fraction(0, 0.2, b)
          {} 0.5
        at 0 histogram_fraction(0.1, 0.6, b)
          {} 0.45
        at 0 histogram_fraction(-Inf, Inf, b)
          {} 1
        at 0 histogram_fraction(0, 0.1, p_bucket)
          {job="a"} 0.45454545454545453
          {job="b"} 1
        at 0 histogram_fraction(-0.1, 0, neg)
          {} 0.16666666666666666
        at 0 histogram_fraction(1, 0, b)
          {} 0
        """);

    [Fact]
    public void A_classic_and_a_native_histogram_of_one_name_do_not_mix() => Script.Run("""
        load 1m
          m{le="1"} 2
          m{le="+Inf"} 4
          m {{schema:0 count:4 sum:5 buckets:[1 2 1]}}
        at 0 histogram_quantile(0.5, m)
          warn vector contains a mix of classic and native histograms for metric name "m"
        """);

    [Fact]
    public void Quantiles_follow_the_steps() => Script.Run("""
        load 1m
          m{le="1"} 1 1 stale
          m{le="2"} 1 2 3
          m{le="+Inf"} 1 2 3
        from 0 to 2m step 1m histogram_quantile(1, m)
          {} 1 2 2
        from 0 to 1m step 1m histogram_quantile(scalar(vector(time() / 60)), m)
          {} 0 2
        """);
}
