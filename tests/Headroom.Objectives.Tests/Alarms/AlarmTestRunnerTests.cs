using System.Text;
using Headroom.Configuration.Diagnostics;
using Headroom.Objectives.Alarms;
using Headroom.Objectives.Alarms.Testing;
using Headroom.Objectives.Tests.Slos;

namespace Headroom.Objectives.Tests.Alarms;

public sealed class AlarmTestRunnerTests
{
    private const string Alarms = "alarms:\n  - {name: slow, query: max by (service) (lat), when: '> 0.5', for: 2 of 3, labels: {severity: page}}\n  - {name: both, rule: ALARM(slow)}\n";

    private const string Tests = """
        rule_files: [headroom.yaml]
        evaluation_interval: 1m
        tests:
          - name: slow
            interval: 1m
            input_series:
              - series: 'lat{service="a"}'
                values: '0.1x4 0.7x3 0.1x5'
              - series: 'lat{service="b"}'
                values: '0.1x20'
            alarm_test:
              - { eval_time: 4m, alarm: slow, exp_state: OK }
              - { eval_time: 6m, alarm: slow, exp_state: ALARM }
              - { eval_time: 6m, alarm: slow, exp_state: OK, labels: { service: b } }
              - { eval_time: 6m, alarm: both, exp_state: ALARM }
              - { eval_time: 12m, alarm: slow, exp_state: OK }
            alert_rule_test:
              - { eval_time: 4m, alertname: slow }
              - { eval_time: 7m, alertname: slow, exp_alerts: [{ exp_labels: { service: a, severity: page, alertname: slow } }] }
            promql_expr_test:
              - { expr: 'lat > 0.5', eval_time: 6m, exp_samples: [{ labels: 'lat{service="a"}', value: 0.7 }] }
        """;

    [Fact]
    public async Task A_right_file_passes() => Assert.Empty(await Run(Tests));

    [Theory]
    [InlineData("{ eval_time: 6m, alarm: slow, exp_state: ALARM }", "{ eval_time: 6m, alarm: slow, exp_state: OK }", "OK", "ALARM (2 of the last 3 points breach > 0.5 (latest 0.7); 2 of 3 make an alarm)")]
    [InlineData("labels: { service: b }", "labels: { service: c }", "OK", "no such series")]
    [InlineData("{ eval_time: 4m, alertname: slow }", "{ eval_time: 6m, alertname: slow }", "[]", "[{service=\"a\",severity=\"page\"}]")]
    [InlineData("value: 0.7", "value: 0.8", "[lat{service=\"a\"} 0.8]", "[lat{service=\"a\"} 0.7]")]
    public async Task What_fails_shows_what_was_expected_and_what_came(string from, string to, string expected, string got)
    {
        var failure = Assert.Single(await Run(Tests.Replace(from, to, StringComparison.Ordinal)));
        Assert.Equal((expected, got), (failure.Expected, failure.Got));
        Assert.StartsWith("t.yaml:", failure.Where, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("alarm: slow,", "alarm: slwo,", "There is no alarm 'slwo'")]
    [InlineData("0.1x20", "0.1y20", "cannot be read")]
    [InlineData("eval_time: 12m", "eval_time: 90d", "further than 60 days")]
    [InlineData("exp_state: OK }", "exp_state: FINE }", "is not OK, INSUFFICIENT_DATA or ALARM")]
    [InlineData("input_series:", "inptu_series:", "knows no key")]
    [InlineData("eval_time: 12m", "eval_time: soon", "is not a duration")]
    public async Task What_is_wrong_with_the_file_is_said(string from, string to, string says)
    {
        var error = await Assert.ThrowsAsync<ProblemException>(() => Run(Tests.Replace(from, to, StringComparison.Ordinal)));
        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Whatever_the_bytes_the_answer_is_tests_or_problems()
    {
        var random = new Random(3);
        byte[] good = Encoding.UTF8.GetBytes(Tests);
        for (int i = 0; i < 2000; i++)
        {
            byte[] bytes = [.. good];
            for (int flips = random.Next(1, 6); flips > 0; flips--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            try
            {
                AlarmTestFile.Read("t.yaml", bytes);
            }
            catch (ProblemException error)
            {
                Assert.NotEmpty(error.Problems);
            }
        }
    }

    private static async Task<List<AlarmTestFailure>> Run(string text)
    {
        var failures = new List<AlarmTestFailure>();
        foreach (var test in AlarmTestFile.Read("t.yaml", Encoding.UTF8.GetBytes(text)).Tests)
            failures.AddRange(await new AlarmTestRunner(Given.Load(Alarms), AlarmPorts.None, TimeProvider.System).RunAsync(test, TestContext.Current.CancellationToken));
        return failures;
    }
}
