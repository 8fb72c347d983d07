using System.Text;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Yaml;

namespace Headroom.Configuration.Tests.Yaml;

public sealed class YamlReaderTests
{
    [Fact]
    public void Every_node_knows_its_place()
    {
        var root = Mapping("a: 1\nb:\n  - x\n  - y: z\n");
        Assert.Equal("f.yaml:1:4", root.Find("a")!.Value.Mark.ToString());
        Assert.Equal("f.yaml:2:1", root.Find("b")!.Mark.ToString());
        var list = Assert.IsType<YamlSequence>(root.Find("b")!.Value);
        Assert.Equal("f.yaml:3:5", list.Items[0].Mark.ToString());
        Assert.Equal("f.yaml:4:8", Assert.IsType<YamlMapping>(list.Items[1]).Find("y")!.Value.Mark.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("# only a comment\n")]
    [InlineData("---\n")]
    [InlineData("~\n")]
    [InlineData("\uFEFF")]
    public void An_empty_document_is_an_empty_mapping(string text) => Assert.Empty(Mapping(text).Entries);

    [Fact]
    public void Quoted_null_is_text()
    {
        var root = Mapping("a: null\nb: 'null'\nc:\nd: ''\n");
        Assert.Equal([true, false, true, false], root.Entries.Select(e => ((YamlScalar)e.Value).IsNull));
    }

    [Fact]
    public void Duplicate_keys_name_both_places()
    {
        var problem = Assert.Single(Problems("a: 1\nb: 2\na: 3\n"));
        Assert.Equal(("yaml-duplicate-key", "f.yaml:3:1"), (problem.Code, problem.Where));
        Assert.Contains("f.yaml:1:1", problem.Fix, StringComparison.Ordinal);
    }

    [Fact]
    public void Several_documents_are_refused()
    {
        var problem = Assert.Single(Problems("a: 1\n---\nb: 2\n"));
        Assert.Equal(("yaml-several-documents", "f.yaml:2:1"), (problem.Code, problem.Where));
    }

    [Fact]
    public void A_tab_in_the_indentation_is_named()
    {
        var problem = Assert.Single(Problems("kpis:\n\t- name: x\n"));
        Assert.Contains("tab", problem.What, StringComparison.Ordinal);
        Assert.StartsWith("f.yaml:2:", problem.Where, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("critical: > 0.5\n", "starts with > needs quotes")]
    [InlineData("unit: %\n", "needs quotes")]
    [InlineData("text: one: two\n", "colon")]
    public void The_usual_mistakes_get_their_fix(string text, string fix)
    {
        var problem = Assert.Single(Problems(text));
        Assert.Equal("yaml-syntax", problem.Code);
        Assert.StartsWith("f.yaml:1:", problem.Where, StringComparison.Ordinal);
        Assert.Contains(fix, problem.Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a: [1, 2\n")]
    [InlineData("a: 'open\n")]
    [InlineData("a: {b: c\n")]
    [InlineData("a: *nowhere\n")]
    [InlineData("a: !secret x\n")]
    [InlineData("? [a]\n: b\n")]
    [InlineData("a: \"\\q\"\n")]
    [InlineData("a: \u0001\n")]
    [InlineData("<<: 5\n")]
    [InlineData("a: &x [*x]\n")]
    public void What_cannot_be_read_is_one_problem_with_a_place(string text)
    {
        var problem = Assert.Single(Problems(text));
        Assert.StartsWith("f.yaml:", problem.Where, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", problem.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Merge_keys_give_what_the_mapping_does_not()
    {
        var root = Mapping("base: &base {a: 1, b: 2}\nmore: &more {b: 8, c: 9}\nown:\n  <<: [*base, *more]\n  a: 5\n");
        var own = (YamlMapping)root.Find("own")!.Value;
        Assert.Equal("a=5 b=2 c=9", string.Join(' ', own.Entries.Select(e => $"{e.Key}={((YamlScalar)e.Value).Text}")));
    }

    [Fact]
    public void Aliases_that_multiply_are_bounded()
    {
        var text = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
        for (int i = 1; i < 12; i++)
            text.Append($"a{i}: &a{i} [{string.Join(", ", Enumerable.Repeat($"*a{i - 1}", 10))}]\n");
        Assert.Equal("yaml-too-many-values", Assert.Single(Problems(text.ToString())).Code);
    }

    [Fact]
    public void A_file_of_very_many_values_is_given_up_early() =>
        Assert.Equal("yaml-too-many-values", Assert.Single(Problems(string.Concat(Enumerable.Repeat("- a\n", YamlReader.MaximumValues + 1)))).Code);

    [Fact]
    public void Deep_nesting_is_bounded() => Assert.Equal("yaml-too-deep", Assert.Single(Problems(new string('[', 5_000))).Code);

    [Fact]
    public void A_file_that_is_not_utf8_is_refused()
    {
        var problems = new List<Problem>();
        Assert.Null(YamlReader.Read("f.yaml", [0x61, 0xff, 0xfe], _ => null, problems));
        Assert.Equal("yaml-encoding", Assert.Single(problems).Code);
    }

    [Fact]
    public void A_file_that_is_too_large_is_refused()
    {
        var problems = new List<Problem>();
        Assert.Null(YamlReader.Read("f.yaml", new byte[YamlReader.MaximumBytes + 1], _ => null, problems));
        Assert.Equal("yaml-too-large", Assert.Single(problems).Code);
    }

    internal static YamlMapping Mapping(string text)
    {
        var problems = new List<Problem>();
        var root = YamlReader.Read("f.yaml", Encoding.UTF8.GetBytes(text), _ => null, problems);
        Assert.Empty(problems);
        return Assert.IsType<YamlMapping>(root);
    }

    private static List<Problem> Problems(string text)
    {
        var problems = new List<Problem>();
        YamlReader.Read("f.yaml", Encoding.UTF8.GetBytes(text), _ => null, problems);
        return problems;
    }
}
