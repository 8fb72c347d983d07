using FsCheck;
using FsCheck.Fluent;
using Headroom.Objectives.Kpis;

namespace Headroom.Objectives.Tests.Kpis;

public sealed class BoundTests
{
    [Theory]
    [InlineData("< 0.1", 0.099, 0.1)]
    [InlineData("<=5", 5, 5.001)]
    [InlineData("> 99.9", 99.91, 99.9)]
    [InlineData(">= 1", 1, 0.999)]
    [InlineData("70..80", 70, 69.9)]
    [InlineData("70..80", 80, 80.1)]
    [InlineData("-5 .. -1", -3, 0)]
    [InlineData("< -2", -3, -2)]
    [InlineData(" < 1e-3 ", 0.0009, 0.001)]
    public void A_condition_holds_where_it_says(string text, double inside, double outside)
    {
        var bound = Bound.Parse(text);
        Assert.True(bound.Holds(inside));
        Assert.False(bound.Holds(outside));
        Assert.False(bound.Holds(double.NaN));
    }

    [Theory]
    [InlineData("")]
    [InlineData("<")]
    [InlineData("5")]
    [InlineData("= 5")]
    [InlineData("== 5")]
    [InlineData("=> 5")]
    [InlineData("!= 5")]
    [InlineData("<> 5")]
    [InlineData("< 100ms")]
    [InlineData("< 99.9%")]
    [InlineData("< 5..6")]
    [InlineData("80..70")]
    [InlineData("..5")]
    [InlineData("5..")]
    [InlineData("1...5")]
    [InlineData("< NaN")]
    [InlineData("< inf")]
    [InlineData("fast")]
    public void What_is_no_condition_is_refused_with_a_reason(string text)
    {
        Assert.False(Bound.TryParse(text, out _, out string reason));
        Assert.NotEmpty(reason);
        Assert.Throws<FormatException>(() => Bound.Parse(text));
    }

    [Theory]
    [InlineData("< 0.1", "> 0.5", false)]
    [InlineData("< 0.5", "> 0.1", true)]
    [InlineData("< 5", ">= 5", false)]
    [InlineData("<= 5", ">= 5", true)]
    [InlineData("< 5", "< 10", true)]
    [InlineData("70..80", "> 90", false)]
    [InlineData("70..80", ">= 80", true)]
    [InlineData("70..80", "> 80", false)]
    [InlineData("70..80", "75..76", true)]
    [InlineData("> 1", "< 0.25", false)]
    public void Conditions_overlap_when_a_number_satisfies_both(string first, string second, bool overlaps)
    {
        Assert.Equal(overlaps, Bound.Parse(first).Overlaps(Bound.Parse(second)));
        Assert.Equal(overlaps, Bound.Parse(second).Overlaps(Bound.Parse(first)));
    }

    [Fact]
    public void Overlap_agrees_with_trying_numbers()
    {
        var bound = from op in Gen.Elements("<", "<=", ">", ">=", "..")
                    from low in Gen.Choose(0, 6)
                    from width in Gen.Choose(0, 3)
                    select Bound.Parse(op == ".." ? $"{low}..{low + width}" : $"{op} {low}");
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(500), Prop.ForAll(bound.ToArbitrary(), bound.ToArbitrary(), (a, b) =>
            Assert.Equal(Enumerable.Range(-4, 60).Any(i => a.Holds(i / 4.0) && b.Holds(i / 4.0)), a.Overlaps(b))));
    }

    [Theory]
    [InlineData("40..50", 45, "40..50")]
    [InlineData("0.120", 0.12, "0.12")]
    [InlineData("-4", -4, "-4")]
    public void A_baseline_is_a_number_or_a_range(string text, double middle, string written)
    {
        Assert.True(Baseline.TryParse(text, out var baseline, out _));
        Assert.Equal((middle, written), (baseline.Middle, baseline.Text));
    }

    [Theory]
    [InlineData("< 1", null, BetterDirection.Lower)]
    [InlineData(">= 1", "< 0.5", BetterDirection.Higher)]
    [InlineData("1..2", "> 3", BetterDirection.Inside)]
    [InlineData(null, "> 3", BetterDirection.Lower)]
    [InlineData(null, "<= 3", BetterDirection.Higher)]
    [InlineData(null, "1..2", BetterDirection.Unknown)]
    [InlineData(null, null, BetterDirection.Unknown)]
    public void The_better_way_comes_from_the_target_else_from_the_critical_bound(string? target, string? critical, BetterDirection expected) =>
        Assert.Equal(expected, Preference.Of(target is null ? null : Bound.Parse(target), critical is null ? null : Bound.Parse(critical)).Direction);
}
