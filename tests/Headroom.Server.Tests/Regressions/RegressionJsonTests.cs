using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;
using Headroom.Metrics;
using Headroom.Objectives.Regressions;
using Headroom.Server.Regressions;

namespace Headroom.Server.Tests.Regressions;

public sealed class RegressionJsonTests
{
    [Fact]
    public void Every_finding_comes_back_as_it_went_infinite_changes_and_missing_numbers_too() => Prop.ForAll(ArbMap.Default.ArbFor<double[]>().Filter(n => n.Length >= 7), numbers =>
    {
        var finding = new RegressionFinding("rate(x[5m]) < 1", Labels.From(new Label("endpoint", "/<cart>")), numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5], numbers[6],
            RegressionVerdict.Regression, 3, 4);
        Assert.Equal(finding, Assert.Single(RoundTrip(new ComparisonResult([finding], ["a note"])).Findings) with { Deployments = finding.Deployments });
    }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData(double.PositiveInfinity)]
    [InlineData(double.NegativeInfinity)]
    [InlineData(double.NaN)]
    [InlineData(-0.1)]
    public void A_change_from_nothing_stays_infinite(double change)
    {
        var finding = new RegressionFinding("x", Labels.Empty, 0, 1, change, double.NaN, change, 0.01, 1, RegressionVerdict.Regression, 3, 4);
        Assert.Equal(finding, RoundTrip(new ComparisonResult([finding], [])).Findings[0] with { Deployments = finding.Deployments });
    }

    private static ComparisonResult RoundTrip(ComparisonResult result)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer)) RegressionJson.Write(json, result);
        return RegressionJson.Read(JsonDocument.Parse(buffer.ToArray()).RootElement);
    }
}
