using FsCheck;
using FsCheck.Fluent;
using Headroom.Objectives.Alarms;

namespace Headroom.Objectives.Tests.Alarms;

/// <summary>
/// The tables that Amazon publishes (CloudWatch user guide, "How alarm state is evaluated when data is missing"): 0 is a data point that does
/// not breach, X one that does, - a missing one; the newest stands right. R is "retain current state".
/// </summary>
public sealed class DatapointRuleTests
{
    [Theory]
    [InlineData("0 - X - X", "O", "O", "O", "O")]
    [InlineData("0 - - - -", "O", "O", "O", "O")]
    [InlineData("- - - - -", "I", "R", "A", "O")]
    [InlineData("0 X X - X", "A", "A", "A", "A")]
    [InlineData("- - X - -", "A", "R", "A", "O")]
    // The rows of the guide's earlier edition that the later one left out.
    [InlineData("- - - - X", "I", "R", "A", "O")]
    [InlineData("X - - - -", "A", "R", "A", "O")]
    public void Three_out_of_three_follows_the_published_table(string points, string missing, string ignore, string breaching, string notBreaching) =>
        Follows(new DatapointRule(3, 3), points, missing, ignore, breaching, notBreaching);

    [Theory]
    [InlineData("0 - X - X", "A", "A", "A", "A")]
    [InlineData("0 0 X 0 X", "A", "A", "A", "A")]
    [InlineData("0 - X - -", "O", "O", "A", "O")]
    [InlineData("- - - - 0", "O", "O", "A", "O")]
    [InlineData("- - - X -", "A", "R", "A", "O")]
    [InlineData("- - - - X", "I", "R", "A", "O")]
    public void Two_out_of_three_follows_the_published_table(string points, string missing, string ignore, string breaching, string notBreaching) =>
        Follows(new DatapointRule(2, 3), points, missing, ignore, breaching, notBreaching);

    [Theory]
    // "the alarm does not go immediately into ALARM state when the data is either - - - - X or - - - X -"
    [InlineData("- - - - X", false)]
    [InlineData("- - - X -", false)]
    [InlineData("- - X - -", true)]
    // "when the next data point is non-breaching"
    [InlineData("- - - X 0", false)]
    [InlineData("- - X - 0", false)]
    [InlineData("- X - X -", true)]
    public void A_premature_alarm_waits_for_M_periods(string points, bool alarms) =>
        Assert.Equal(alarms, new DatapointRule(3, 3).Judge(Read(points), MissingData.Missing, AlarmState.Ok) == AlarmState.Alarm);

    [Fact]
    public void The_published_evaluation_range_of_three_is_five() => Assert.Equal(5, new DatapointRule(3, 3).EvaluationRange);

    [Fact]
    public void With_enough_real_points_the_treatment_of_missing_ones_does_not_matter() => Check(static (rule, points, current) =>
        points.Count(p => p != Datapoint.Missing) < rule.Periods || Enum.GetValues<MissingData>().Select(m => rule.Judge(points, m, current)).Distinct().Count() == 1);

    [Fact]
    public void One_more_breaching_point_never_ends_an_alarm() => Check(static (rule, points, current) =>
    {
        foreach (var missing in (MissingData[])[MissingData.Breaching, MissingData.NotBreaching])
            for (int i = 0; i < points.Length; i++)
            {
                if (points[i] != Datapoint.NotBreaching) continue;
                var worse = (Datapoint[])points.Clone();
                worse[i] = Datapoint.Breaching;
                if (rule.Judge(points, missing, current) == AlarmState.Alarm && rule.Judge(worse, missing, current) != AlarmState.Alarm) return false;
            }
        return true;
    });

    [Fact]
    public void Missing_as_breaching_is_never_calmer_than_missing_as_good() => Check(static (rule, points, current) =>
        rule.Judge(points, MissingData.NotBreaching, current) != AlarmState.Alarm || rule.Judge(points, MissingData.Breaching, current) == AlarmState.Alarm);

    [Fact]
    public void The_state_matters_only_where_it_is_kept() => Check(static (rule, points, current) =>
        Enum.GetValues<MissingData>().Where(m => m != MissingData.Ignore).All(m => Enum.GetValues<AlarmState>().Select(s => rule.Judge(points, m, s)).Distinct().Count() == 1));

    private static void Check(Func<DatapointRule, Datapoint[], AlarmState, bool> holds)
    {
        var cases = from n in Gen.Choose(1, 6)
                    from m in Gen.Choose(1, n)
                    from points in Gen.Elements(Datapoint.Missing, Datapoint.NotBreaching, Datapoint.Breaching).ArrayOf(n + 2)
                    from current in Gen.Elements(Enum.GetValues<AlarmState>())
                    select (new DatapointRule(m, n), points, current);
        FsCheck.Check.One(Config.QuickThrowOnFailure.WithMaxTest(3000), Prop.ForAll(cases.ToArbitrary(), c => holds(c.Item1, c.points, c.current)));
    }

    private static void Follows(DatapointRule rule, string points, string missing, string ignore, string breaching, string notBreaching)
    {
        foreach (var current in Enum.GetValues<AlarmState>())
            foreach (var (setting, expected) in ((MissingData, string)[])[(MissingData.Missing, missing), (MissingData.Ignore, ignore), (MissingData.Breaching, breaching), (MissingData.NotBreaching, notBreaching)])
                Assert.Equal(expected switch { "O" => AlarmState.Ok, "A" => AlarmState.Alarm, "I" => AlarmState.InsufficientData, _ => current }, rule.Judge(Read(points), setting, current));
    }

    private static Datapoint[] Read(string points) => [.. points.Split(' ').Select(p => p switch { "0" => Datapoint.NotBreaching, "X" => Datapoint.Breaching, _ => Datapoint.Missing })];
}
