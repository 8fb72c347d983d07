using Headroom.Objectives.Alarms;
using Headroom.Objectives.Slos;
using Headroom.Objectives.Tests.Slos;

namespace Headroom.Objectives.Tests.Alarms;

public sealed class AlarmsSectionTests
{
    [Fact]
    public void A_threshold_alarm_has_defaults()
    {
        var alarm = Assert.Single(Given.Load("alarms: [{name: a, query: up, when: '< 1'}]").Alarms);
        var condition = Assert.IsType<ThresholdCondition>(alarm.Condition);
        Assert.Equal((DatapointRule.Single, MissingData.Missing, TimeSpan.FromMinutes(1)), (condition.For, condition.Missing, alarm.Period));
    }

    [Fact]
    public void Everything_can_be_said()
    {
        var alarm = Assert.Single(Given.Load("""
            alarms:
              - name: api-slow
                description: the API answers slowly
                query: max by (service) (lat)
                when: "> 0.5"
                for: 3 of 5
                period: 30s
                missing: breaching
                labels: { severity: page }
                actions:
                  - webhook: https://example.com/hook?token=secret
                    headers: { Authorization: Bearer secret }
                    on: alarm
                    timeout: 5s
                  - command: [notify, --now]
            """).Alarms);
        var condition = (ThresholdCondition)alarm.Condition;
        Assert.Equal((new DatapointRule(3, 5), MissingData.Breaching, TimeSpan.FromSeconds(30)), (condition.For, condition.Missing, alarm.Period));
        var webhook = Assert.IsType<WebhookAction>(alarm.Actions[0]);
        Assert.Equal([AlarmState.Alarm], webhook.On);
        Assert.Equal("webhook https://example.com", webhook.Shown);
        Assert.DoesNotContain("secret", webhook.Id + webhook.Shown, StringComparison.Ordinal);
        Assert.Equal("command notify", alarm.Actions[1].Shown);
    }

    [Fact]
    public void Burn_rates_and_suppressors_are_read()
    {
        var alarms = Given.Load("""
            slos: [{name: s, objective: 99%, value: {query: up, when: "> 0"}}]
            alarms:
              - {name: burn, slo: s, burn: page, missing: notBreaching}
              - {name: both, rule: ALARM(burn), suppressor: burn, wait: 2m, extension: 3m}
            """).Alarms;
        Assert.Equal(new BurnRateCondition("s", BurnSeverity.Page, MissingData.NotBreaching), alarms[0].Condition);
        Assert.Equal(new Suppressor("burn", TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(3)), ((CompositeCondition)alarms[1].Condition).Suppressor);
    }

    [Theory]
    [InlineData("{name: a}", "alarm-kind")]
    [InlineData("{name: a, query: up, when: '> 0', slo: s}", "alarm-kind")]
    [InlineData("{name: a, query: up}", "alarm-bound")]
    [InlineData("{name: a, query: up, when: '> 0', anomaly: {history: 7d}}", "alarm-bound")]
    [InlineData("{name: a, rule: ALARM(b), when: '> 0'}", "alarm-key")]
    [InlineData("{name: a, rule: ALARM(b), wait: 1m}", "alarm-key")]
    [InlineData("{name: a, query: up, when: '> 0', burn: page}", "alarm-key")]
    [InlineData("{name: a, query: up, when: '> 0', suppressor: b}", "alarm-key")]
    [InlineData("{name: a, query: up, when: '> 0', for: 5 of 3}", "yaml-bad-value")]
    [InlineData("{name: a, query: up, when: '> 0', for: 0 of 3}", "yaml-bad-value")]
    [InlineData("{name: a, query: up, when: '> 0', for: 25, period: 1h}", "alarm-range")]
    [InlineData("{name: a, query: up, when: '> 0', period: 15s}", "alarm-period")]
    [InlineData("{name: a, query: up, when: '> 0', period: 5s}", "yaml-bad-value")]
    [InlineData("{name: a, rule: ALARM(b) AND}", "yaml-bad-value")]
    [InlineData("{name: a, query: 'up{', when: '> 0'}", "promql-syntax")]
    [InlineData("{name: a, query: up, when: '> 0', forecast: {within: 24h}}", "alarm-unavailable")]
    [InlineData("{name: a, query: up, anomaly: {history: 7d}}", "alarm-unavailable")]
    [InlineData("{name: a, query: up, when: '> 0', labels: {alarm: x}}", "alarm-label")]
    [InlineData("{name: a, query: up, when: '> 0', labels: {'a b': x}}", "alarm-label")]
    [InlineData("{name: a, query: up, when: '> 0', actions: [{on: alarm}]}", "action-kind")]
    [InlineData("{name: a, query: up, when: '> 0', actions: [{webhook: 'https://x', command: y}]}", "action-kind")]
    [InlineData("{name: a, query: up, when: '> 0', actions: [{webhook: 'ftp://x'}]}", "yaml-bad-value")]
    [InlineData("{name: a, query: up, when: '> 0', actions: [{webhook: 'https://x', headers: {'a b': c}}]}", "action-header")]
    [InlineData("{name: a, query: up, when: '> 0', actions: [{command: x, timeout: 1h}]}", "action-timeout")]
    public void What_is_wrong_is_said(string alarm, string code) => Assert.Contains(code, Given.Problems($"alarms:\n  - {alarm}\n"));

    [Fact]
    public void A_secret_never_stands_in_a_message()
    {
        var outcome = new Headroom.Configuration.Loading.ConfigurationLoader([AlarmsSection.Create(Documents.Yaml.CheckQuery, AlarmPorts.None)],
            new Documents.Yaml.Files(new Dictionary<string, string> { ["headroom.yaml"] = "alarms: [{name: a, query: up, when: '> 0', actions: [{webhook: '${HOOK}'}]}]" }), _ => "not-a-url-but-secret").Load("headroom.yaml", "/srv");
        Assert.Contains("HOOK", Assert.Single(outcome.Problems).What, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", outcome.Problems[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("silences: [{match: 'a=\"b\"', until: yesterday}]", "yaml-bad-value")]
    [InlineData("silences: [{match: 'a==b', until: 2026-01-01}]", "yaml-bad-value")]
    [InlineData("silences: [{match: 'a=~\"(\"', until: 2026-01-01}]", "yaml-bad-value")]
    [InlineData("silences: [{match: 'a=\"b\"', from: 2026-01-02, until: 2026-01-01}]", "silence-empty")]
    [InlineData("maintenance: [{name: a, from: '25:00', for: 1h}]", "yaml-bad-value")]
    [InlineData("maintenance: [{name: a, from: '22:00', for: 8d}]", "maintenance-long")]
    [InlineData("maintenance: [{name: a, from: '22:00', for: 1h, days: [funday]}]", "yaml-bad-value")]
    [InlineData("maintenance: [{name: a, from: '22:00', for: 1h}, {name: a, from: '22:00', for: 1h}]", "maintenance-defined-twice")]
    [InlineData("alerting: {repeat: 1s}", "yaml-bad-value")]
    [InlineData("alerting: {inhibit: [{source: 'a=\"b\"'}]}", "yaml-missing-key")]
    public void Silences_maintenance_and_alerting_are_checked(string yaml, string code) => Assert.Contains(code, Given.Problems(yaml));

    [Fact]
    public void Grouping_has_alertmanager_s_defaults()
    {
        Assert.Equal(AlertingSettings.Default, Given.Load("project: x".Replace("project: x", "alerting: {}", StringComparison.Ordinal)).Alerting with { Inhibit = AlertingSettings.Default.Inhibit });
        var grouped = Given.Load("alerting: {groupBy: [service]}").Alerting;
        Assert.Equal((TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(5), TimeSpan.FromHours(4)), (grouped.Wait, grouped.Interval, grouped.Repeat!.Value));
    }
}
