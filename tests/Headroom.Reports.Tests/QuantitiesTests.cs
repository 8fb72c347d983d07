using System.Text.RegularExpressions;
using Headroom.Objectives.Kpis;
using Headroom.Reports;

namespace Headroom.Reports.Tests;

public sealed class QuantitiesTests
{
    [Theory]
    [InlineData(0.0123, "s", "12.3 ms")]
    [InlineData(0.1, "s", "100 ms")]
    [InlineData(0.0000456, "s", "45.6 µs")]
    [InlineData(2.5e-9, "s", "2.5 ns")]
    [InlineData(1.5, "s", "1.5 s")]
    [InlineData(0.9999, "s", "1 s")]
    [InlineData(59.99, "s", "1m")]
    [InlineData(105, "s", "1m 45s")]
    [InlineData(279, "s", "4m 39s")]
    [InlineData(3599.9, "s", "1h")]
    [InlineData(7260, "s", "2h 1m")]
    [InlineData(277_200, "s", "3d 5h")]
    [InlineData(86_399.9, "s", "1d")]
    [InlineData(250, "ms", "250 ms")]
    [InlineData(1800, "ms", "1.8 s")]
    [InlineData(90, "min", "1h 30m")]
    [InlineData(0, "s", "0 s")]
    [InlineData(-0.0, "s", "0 s")]
    [InlineData(-0.012, "s", "-12 ms")]
    [InlineData(1.2e9, "By", "1.12 GiB")]
    [InlineData(1023, "By", "1,023 B")]
    [InlineData(1023.99, "By", "1 KiB")]
    [InlineData(1024, "By", "1 KiB")]
    [InlineData(128, "MiB", "128 MiB")]
    [InlineData(2_000_000, "By/s", "1.91 MiB/s")]
    [InlineData(99.953, "%", "99.953%")]
    [InlineData(99.9999, "%", "99.9999%")]
    [InlineData(100, "%", "100%")]
    [InlineData(0.25, "ratio", "25%")]
    [InlineData(0.00213, "ratio", "0.213%")]
    [InlineData(118.4, "req/s", "118 req/s")]
    [InlineData(118.4, "{request}/s", "118 request/s")]
    [InlineData(12, "/s", "12/s")]
    [InlineData(12, "1/s", "12/s")]
    [InlineData(1234, null, "1,234")]
    [InlineData(123456.7, null, "123,457")]
    [InlineData(1_230_000, null, "1.23M")]
    [InlineData(999_999.9, "1", "1M")]
    [InlineData(0.00042, null, "0.00042")]
    [InlineData(12.5, "USD", "$12.50")]
    [InlineData(1e300, null, "1×10³⁰⁰")]
    [InlineData(1.7e308, "d", "1.7×10³⁰⁸ d")]
    [InlineData(3e-12, null, "3×10⁻¹²")]
    [InlineData(1e-300, "s", "< 0.001 ns")]
    [InlineData(double.NaN, "s", "no data")]
    [InlineData(double.PositiveInfinity, "s", "+Inf")]
    [InlineData(double.NegativeInfinity, null, "-Inf")]
    public void A_value_reads_as_a_person_would_say_it(double value, string? unit, string expected) => Assert.Equal(expected, Quantities.Format(value, unit));

    [Fact]
    public void Without_a_value_there_is_no_data()
    {
        Assert.Equal("no data", Quantities.Format(null, "s"));
        Assert.Equal("no data", Quantities.Change(null));
        Assert.Equal("no data", Quantities.Share(null));
        Assert.Equal("none", Quantities.Condition(null, "s"));
    }

    [Fact]
    public void No_value_of_any_size_shows_an_exponent_or_fails()
    {
        var random = new Random(1);
        foreach (string? unit in (string?[])[null, "s", "ms", "d", "By", "GiB", "%", "ratio", "$", "req/s", "By/s", "weird unit"])
        {
            for (int i = 0; i < 3_000; i++)
            {
                double value = BitConverter.Int64BitsToDouble(random.NextInt64());
                if (random.Next(2) == 0) value = -value;
                string text = Quantities.Format(value, unit, random.Next(1, 8));
                Assert.DoesNotMatch(new Regex(@"\dE[+-]?\d"), text);
                Assert.True(text.Length < 40, text);
            }
        }
    }

    [Fact]
    public void A_value_never_looks_equal_to_the_bound_it_misses()
    {
        var bound = SampleReports.Bound("< 0.1");
        Assert.Equal("99.96 ms", Quantities.FormatJudged(0.09996, "s", bound, null));
        Assert.Equal("100 ms", Quantities.FormatJudged(0.1, "s", bound, null));
        Assert.Equal("299.6 s", Quantities.FormatJudged(299.6, "s", SampleReports.Bound("< 300"), null));
        Assert.Equal("100.04", Quantities.FormatBeside(100.04, null, 100));
    }

    [Theory]
    [InlineData("< 0.100", "s", "< 100 ms")]
    [InlineData("<= 5", null, "<= 5")]
    [InlineData("> 99.95", "%", "> 99.95%")]
    [InlineData(">= 1234.5678", null, ">= 1,234.568")]
    [InlineData("70..80", "%", "70% to 80%")]
    [InlineData("0.07..0.08", "s", "70 to 80 ms")]
    public void A_condition_carries_its_unit(string bound, string? unit, string expected) => Assert.Equal(expected, Quantities.Condition(SampleReports.Bound(bound), unit));

    [Fact]
    public void Ranges_say_a_shared_unit_once()
    {
        Assert.Equal("21 to 61 ms", Quantities.Range(0.021, 0.061, "s"));
        Assert.Equal("900 ms to 1.2 s", Quantities.Range(0.9, 1.2, "s"));
        Assert.Equal("1m 45s to 2m 45s", Quantities.Range(105, 165, "s"));
        Assert.Equal("3 ms", Quantities.Range(0.003, 0.003, "s"));
        Assert.Equal("25.1 → 44.8 ms", Quantities.Move(0.0251, 0.0448, "s"));
        Assert.Equal("40 to 50", Quantities.Start(new Baseline(40, 50), null));
    }

    [Theory]
    [InlineData(78.5, "+79%")]
    [InlineData(-4.25, "-4.3%")]
    [InlineData(0.04, "0%")]
    [InlineData(12_345, "+12,345%")]
    [InlineData(double.NaN, "no data")]
    public void A_change_has_a_sign(double percent, string expected) => Assert.Equal(expected, Quantities.Change(percent));

    [Theory]
    [InlineData(0.00002, "< 0.001")]
    [InlineData(0.0342, "0.034")]
    [InlineData(0.214, "0.21")]
    [InlineData(1, "1")]
    [InlineData(double.NaN, "no data")]
    public void A_probability_reads_as_in_a_paper(double p, string expected) => Assert.Equal(expected, Quantities.Probability(p));

    [Fact]
    public void A_window_does_not_repeat_its_date()
    {
        var from = new DateTimeOffset(2026, 1, 14, 9, 0, 0, TimeSpan.FromHours(2));
        Assert.Equal("14 Jan 2026, 07:00 – 08:30 UTC", Quantities.Window(from, from.AddMinutes(90)));
        Assert.Equal("14 Jan 2026, 07:00 – 15 Jan 2026, 07:00 UTC", Quantities.Window(from, from.AddDays(1)));
        Assert.Equal("14 Jan 2026, 07:00:00 – 07:00:50 UTC", Quantities.Window(from, from.AddSeconds(50)));
    }
}
