using Headroom.Configuration.Loading;

namespace Headroom.Configuration.Tests.Loading;

public sealed class EnvironmentTests
{
    private static string? Environment(string name) => name switch { "EVERY" => "45s", "SECRET" => "hunter2", "EMPTY" => "", "YAML" => "a: [b", _ => null };

    [Theory]
    [InlineData("${SECRET}", "hunter2")]
    [InlineData("'${SECRET}'", "hunter2")]
    [InlineData("\"x-${SECRET}-y\"", "x-hunter2-y")]
    [InlineData("${MISSING:-fallback}", "fallback")]
    [InlineData("${EMPTY:-fallback}", "fallback")]
    [InlineData("${SECRET:-fallback}", "hunter2")]
    [InlineData("$${SECRET}", "${SECRET}")]
    [InlineData("cost in $", "cost in $")]
    [InlineData("label_replace(up, \"a\", \"${1}\", \"b\", \"(.*)$\")", "label_replace(up, \"a\", \"${1}\", \"b\", \"(.*)$\")")]
    [InlineData("${YAML}", "a: [b")]
    public void References_are_replaced(string written, string expected) =>
        Assert.Equal(expected, Shop.Load($"probes:\n  - name: a\n    note: {written}\n", Environment).OrThrow().Get(Shop.Probes)[0].Note);

    [Fact]
    public void A_replaced_value_is_read_as_any_other() =>
        Assert.Equal(TimeSpan.FromSeconds(45), Shop.Load("probes: [{name: a, every: '${EVERY}'}]", Environment).OrThrow().Get(Shop.Probes)[0].Every);

    [Fact]
    public void A_missing_variable_is_named()
    {
        var problem = Assert.Single(Shop.Load("probes:\n  - name: ${NOPE}x\n", Environment).Problems);
        Assert.Equal(("environment-variable-missing", "headroom.yaml:2:11"), (problem.Code, problem.Where));
        Assert.Contains("NOPE", problem.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("${}")]
    [InlineData("${a-b}")]
    [InlineData("${OPEN")]
    public void A_malformed_reference_is_refused(string written) =>
        Assert.Contains(Shop.Load($"probes:\n  - name: \"{written}\"\n", Environment).Problems, p => p.Code == "environment-reference");

    [Theory]
    [InlineData("probes: [{name: a, every: '${SECRET}'}]")]
    [InlineData("probes: [{name: a, limit: '${SECRET}'}]")]
    [InlineData("probes: [{name: a, weight: '${SECRET}', share: '${SECRET}'}]")]
    [InlineData("metrics: {fsync: '${SECRET}'}")]
    [InlineData("metrics: '${SECRET}'")]
    [InlineData("include: '${SECRET}'")]
    [InlineData("include: '${SECRET}/*.yaml'")]
    public void A_secret_never_stands_in_a_message(string yaml)
    {
        var problems = Shop.Load(yaml, Environment).Problems;
        Assert.NotEmpty(problems);
        Assert.All(problems, p => Assert.DoesNotContain("hunter2", p.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void Keys_are_not_replaced() =>
        Assert.Equal("yaml-unknown-key", Assert.Single(Shop.Load("${SECRET}: x\n", Environment).Problems).Code);
}
