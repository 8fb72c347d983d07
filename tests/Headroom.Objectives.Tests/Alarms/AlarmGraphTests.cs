using Headroom.Objectives.Alarms.Rules;
using Headroom.Objectives.Tests.Slos;

namespace Headroom.Objectives.Tests.Alarms;

public sealed class AlarmGraphTests
{
    [Fact]
    public void A_circle_is_refused_with_its_path()
    {
        var problem = Assert.Single(Check("""
            alarms:
              - {name: a, rule: ALARM(b)}
              - {name: b, rule: ALARM(x) OR NOT OK(c)}
              - {name: c, rule: ALARM(b)}
              - {name: x, query: up, when: "> 0"}
            """));
        Assert.Equal("alarm-circle", problem.Code);
        Assert.Contains("b -> c -> b", problem.What, StringComparison.Ordinal);
        Assert.StartsWith("headroom.yaml:3:", problem.Where, StringComparison.Ordinal);
    }

    [Fact]
    public void An_alarm_of_itself_is_a_circle() => Assert.Contains("a -> a", Assert.Single(Check("alarms: [{name: a, rule: NOT ALARM(a)}]")).What, StringComparison.Ordinal);

    [Fact]
    public void What_does_not_exist_is_named_with_the_nearest()
    {
        var problem = Assert.Single(Check("alarms:\n  - {name: api-slow, query: up, when: '> 0'}\n  - {name: b, rule: ALARM(api-slwo)}\n"));
        Assert.Equal(("alarm-unknown", "Did you mean 'api-slow'?"), (problem.Code, problem.Fix));
        Assert.Equal("alarm-unknown-slo", Assert.Single(Check("alarms: [{name: a, slo: nothing}]")).Code);
        Assert.Equal("alarm-unknown", Assert.Single(Check("alarms: [{name: a, rule: 'TRUE', suppressor: ghost}]")).Code);
    }

    [Fact]
    public void A_rule_may_name_a_maintenance_window() => Assert.Empty(Check("maintenance: [{name: patching, from: '22:00', for: 1h}]\nalarms: [{name: a, rule: NOT ALARM(patching)}]"));

    [Fact]
    public void A_name_is_an_alarm_s_or_a_window_s() => Assert.Equal("alarm-defined-twice", Assert.Single(Check("maintenance: [{name: a, from: '22:00', for: 1h}]\nalarms: [{name: a, query: up, when: '> 0'}]")).Code);

    [Fact]
    public void Composite_alarms_come_after_those_they_depend_on()
    {
        var project = Given.Load("alarms:\n  - {name: a, rule: ALARM(b) AND ALARM(c)}\n  - {name: b, rule: ALARM(c)}\n  - {name: c, rule: ALARM(x)}\n  - {name: x, query: up, when: '> 0'}\n");
        Assert.Equal(["c", "b", "a"], AlarmGraph.Ordered(project.Alarms).Select(a => a.Name));
    }

    [Fact]
    public void A_chain_as_long_as_a_file_is_walked()
    {
        string yaml = "alarms:\n" + string.Concat(Enumerable.Range(0, 3000).Select(i => $"  - {{name: a{i}, rule: {(i == 2999 ? "'TRUE'" : $"ALARM(a{i + 1})")}}}\n"));
        var project = Given.Load(yaml);
        Assert.Empty(AlarmGraph.Check(project.Alarms, [], []));
        Assert.Equal("a2999", AlarmGraph.Ordered(project.Alarms)[0].Name);
    }

    private static IReadOnlyList<Headroom.Configuration.Diagnostics.Problem> Check(string yaml)
    {
        var project = Given.Load(yaml);
        return AlarmGraph.Check(project.Alarms, [.. project.Slos.Select(s => s.Name)], [.. project.Maintenance.Select(w => w.Name)]);
    }
}
