namespace Headroom.Metrics.Tests.PromQL.Notation;

public sealed class ScriptTests
{
    [Theory]
    [InlineData("at 0 m\n  m 2")]
    [InlineData("at 0 m")]
    [InlineData("at 0 m\n  n 1")]
    [InlineData("at 0 m\n  m 1\n  n 1")]
    [InlineData("at 0 m\n  fail anything")]
    [InlineData("at 0 m\n  m 1\n  warn anything")]
    [InlineData("at 0 rate(m[2m])\n  {} 0.016666666666666666")]
    [InlineData("from 0 to 2m step 1m m\n  m 1 _ 3")]
    [InlineData("at 0 m(")]
    [InlineData("at 0 h\n  h {{schema:1 count:1 sum:1 buckets:[1]}}")]
    [InlineData("ordered at 0 {x=~\".+\"}\n  p{x=\"2\"} 1\n  p{x=\"1\"} 1")]
    public void A_wrong_expectation_fails_its_script(string wrong) => Assert.ThrowsAny<Exception>(() =>
        Script.Run("load 1m\n  m 1 2 3\n  h {{schema:0 count:1 sum:1 buckets:[1]}}\n  p{x=\"1\"} 1\n  p{x=\"2\"} 1\n" + wrong));

    [Fact]
    public void Series_are_spelled_out() => Script.Run("""
        load 1m
          m 1+2x3 _ 5x1 _x2 stale -1-1x1 1e3
        at 20m m[21m]
          m 1 3 5 7 5 5 -1 -2 1000
        """);
}
