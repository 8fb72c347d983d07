using FsCheck;
using FsCheck.Fluent;
using Headroom.Objectives.Alarms;
using Headroom.Objectives.Alarms.Rules;

namespace Headroom.Objectives.Tests.Alarms;

public sealed class CompositeRuleTests
{
    [Theory]
    [InlineData("ALARM(CPUUtilizationTooHigh) AND ALARM(DiskReadOpsTooHigh)")]
    [InlineData("ALARM(CPUUtilizationTooHigh) AND NOT ALARM(DeploymentInProgress)")]
    [InlineData("(ALARM(CPUUtilizationTooHigh) OR ALARM(DiskReadOpsTooHigh)) AND OK(NetworkOutTooHigh)")]
    [InlineData("(ALARM(\"CPUUtilizationTooHigh\") OR \n   ALARM(\"DiskReadOpsTooHigh\")) AND \n   OK(\"NetworkOutTooHigh\")")]
    [InlineData("TRUE")]
    [InlineData("False")]
    [InlineData("INSUFFICIENT_DATA(a)")]
    public void The_published_examples_are_rules(string text) => Assert.NotNull(CompositeRule.Parse(text));

    [Fact]
    public void The_rule_of_document_2_names_four_alarms()
    {
        var rule = CompositeRule.Parse("""

                (ALARM('API-HighLatency-P95') OR
                 ALARM('Lambda-HighDuration') OR
                 ALARM('DynamoDB-HighLatency'))
                AND NOT ALARM('System-Maintenance-Mode')

            """);
        Assert.Equal(["API-HighLatency-P95", "Lambda-HighDuration", "DynamoDB-HighLatency", "System-Maintenance-Mode"], rule.Children);
        Assert.True(rule.Holds(name => name == "Lambda-HighDuration" ? AlarmState.Alarm : AlarmState.Ok));
        Assert.False(rule.Holds(_ => AlarmState.Alarm));
        Assert.False(rule.Holds(_ => AlarmState.Ok));
    }

    [Theory]
    [InlineData("NOT TRUE OR TRUE", true)]
    [InlineData("NOT (TRUE OR TRUE)", false)]
    [InlineData("TRUE OR TRUE AND FALSE", true)]
    [InlineData("(TRUE OR TRUE) AND FALSE", false)]
    [InlineData("NOT NOT TRUE", true)]
    [InlineData("true and not false", true)]
    public void Not_binds_before_and_and_and_before_or(string text, bool holds) => Assert.Equal(holds, CompositeRule.Parse(text).Holds(_ => AlarmState.Ok));

    [Theory]
    [InlineData("ALARM(a b/c-1.2:3)", "a b/c-1.2:3")]
    [InlineData("ALARM( \"a)b\" )", "a)b")]
    [InlineData("ALARM(\"say \\\"hi\\\"\")", "say \"hi\"")]
    [InlineData("ALARM(arn:aws:cloudwatch:us-east-1:123456789012:alarm:x)", "arn:aws:cloudwatch:us-east-1:123456789012:alarm:x")]
    [InlineData("ALARM(NOT)", "NOT")]
    public void Names_may_be_bare_or_quoted(string text, string name) => Assert.Equal([name], CompositeRule.Parse(text).Children);

    [Theory]
    [InlineData("", "at character 1")]
    [InlineData("ALARM()", "name was expected")]
    [InlineData("ALARM(a", "closing parenthesis")]
    [InlineData("ALARM(\"a)", "closing quote")]
    [InlineData("(ALARM(a)", "closing parenthesis")]
    [InlineData("ALARM(a) ALARM(b)", "at character 10")]
    [InlineData("ALARM(a) XOR ALARM(b)", "at character 10")]
    [InlineData("NOT", "expected")]
    [InlineData("AND TRUE", "expected")]
    [InlineData("ALARMS(a)", "expected")]
    [InlineData("TRUEISH", "expected")]
    [InlineData("ALARM(a))", "expected")]
    public void What_is_wrong_is_said_with_its_place(string text, string says)
    {
        Assert.False(CompositeRule.TryParse(text, out _, out string reason));
        Assert.Contains(says, reason, StringComparison.Ordinal);
    }

    [Fact]
    public void The_limits_are_cloudwatch_s()
    {
        string many = string.Join(" OR ", Enumerable.Range(0, 100).Select(i => $"ALARM(a{i})"));
        Assert.Equal(100, CompositeRule.Parse(many).Children.Count);
        Assert.Contains("more than 100", Reason(many + " OR ALARM(b)"), StringComparison.Ordinal);
        string elements = string.Join(" OR ", Enumerable.Repeat("TRUE", 500));
        Assert.True(CompositeRule.Parse(elements).Holds(_ => AlarmState.Ok));
        Assert.Contains("500 elements", Reason(elements + " OR TRUE"), StringComparison.Ordinal);
        Assert.Contains("500 elements", Reason(new string('(', 501) + "TRUE" + new string(')', 501)), StringComparison.Ordinal);
        Assert.Contains("10,240", Reason(new string(' ', 10_241)), StringComparison.Ordinal);
        Assert.True(CompositeRule.Parse(string.Concat(Enumerable.Repeat("NOT ", 2000)) + "TRUE").Holds(_ => AlarmState.Ok));
    }

    [Fact]
    public void A_rule_written_out_is_the_same_rule()
    {
        var states = Enum.GetValues<AlarmState>();
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(1000), Prop.ForAll(Rules(4).ToArbitrary(), text =>
        {
            var rule = CompositeRule.Parse(text);
            var again = CompositeRule.Parse(rule.ToString());
            if (again.ToString() != rule.ToString()) return false;
            for (int i = 0; i < 27; i++)
            {
                int assignment = i;
                AlarmState StateOf(string name) => states[assignment / (name switch { "a" => 1, "b\"c" => 3, _ => 9 }) % 3];
                if (rule.Holds(StateOf) != again.Holds(StateOf)) return false;
            }
            return true;
        }));
    }

    [Fact]
    public void Whatever_the_text_the_answer_is_a_rule_or_a_reason()
    {
        var random = new Random(20260302);
        string[] pieces = ["ALARM(", "OK(", "INSUFFICIENT_DATA(", "a", "\"b\"", "'c'", ")", "(", " AND ", " OR ", " NOT ", "TRUE", "FALSE", " ", "\\", "\"", "'", "\n", "\0", "é", "😀", ","];
        for (int i = 0; i < 20_000; i++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(1, 15)).Select(_ => pieces[random.Next(pieces.Length)]));
            if (CompositeRule.TryParse(text, out var rule, out string reason)) Assert.Equal(rule.ToString(), CompositeRule.Parse(rule.ToString()).ToString());
            else Assert.NotEmpty(reason);
        }
    }

    private static string Reason(string text)
    {
        Assert.False(CompositeRule.TryParse(text, out _, out string reason));
        return reason;
    }

    private static Gen<string> Rules(int depth) => depth == 0
        ? Gen.Elements("TRUE", "FALSE", "ALARM(a)", "OK(\"b\\\"c\")", "INSUFFICIENT_DATA(d)", "ALARM('d')")
        : Gen.OneOf(
            Rules(0),
            from inner in Rules(depth - 1) select $"NOT ({inner})",
            from left in Rules(depth - 1) from right in Rules(depth - 1) from op in Gen.Elements("AND", "OR") select $"({left}) {op} ({right})",
            from left in Rules(depth - 1) from right in Rules(depth - 1) from op in Gen.Elements("AND", "OR") select $"{left} {op} {right}");
}
