using Headroom.Server.Query;

namespace Headroom.Server.Tests.Query;

public sealed class PrometheusTimeTests
{
    [Theory]
    [InlineData("1700000000", 1_700_000_000_000)]
    [InlineData("1700000000.1234", 1_700_000_000_123)]
    [InlineData("1.7e9", 1_700_000_000_000)]
    [InlineData("-1.5", -1_500)]
    [InlineData("2023-11-14T22:13:20Z", 1_700_000_000_000)]
    [InlineData("2023-11-14T23:13:20.5+01:00", 1_700_000_000_500)]
    public void Instants_are_unix_seconds_or_rfc_3339(string text, long expected)
    {
        Assert.True(PrometheusTime.TryParse(text, out long milliseconds));
        Assert.Equal(expected, milliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("NaN")]
    [InlineData("+Inf")]
    [InlineData("1e300")]
    [InlineData("2023-11-14")]
    [InlineData("2023-11-14T22:13:20")]
    [InlineData("14 Nov 2023 22:13:20 GMT")]
    public void What_prometheus_refuses_is_refused(string text) => Assert.False(PrometheusTime.TryParse(text, out _));

    [Theory]
    [InlineData("15", 15_000)]
    [InlineData("0.5", 500)]
    [InlineData("1h30m", 5_400_000)]
    public void Lengths_are_seconds_or_durations(string text, long expected)
    {
        Assert.True(PrometheusTime.TryParseDuration(text, out long milliseconds));
        Assert.Equal(expected, milliseconds);
    }

    [Theory]
    [InlineData("service", "service")]
    [InlineData("U__http_2e_method", "http.method")]
    [InlineData("U__a__b", "a_b")]
    [InlineData("U__broken_zz", "U__broken_zz")]
    public void Label_names_in_a_path_are_unescaped(string escaped, string name) => Assert.Equal(name, LabelName.Decode(escaped));
}
