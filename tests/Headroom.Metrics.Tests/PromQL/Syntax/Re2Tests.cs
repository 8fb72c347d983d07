using Headroom.Metrics.PromQL;

namespace Headroom.Metrics.Tests.PromQL.Syntax;

public sealed class Re2Tests
{
    [Theory]
    [InlineData("abc", "abc", true)]
    [InlineData("abc", "xabc", false)]
    [InlineData("abc", "abc\n", false)]
    [InlineData("a.c", "a\nc", true)]
    [InlineData("(?-s)a.c", "a\nc", false)]
    [InlineData("a.c", "a😀c", true)]
    [InlineData(".", "😀", true)]
    [InlineData("..", "😀", false)]
    [InlineData(".*", "", true)]
    [InlineData(".+", "", false)]
    [InlineData("a|b|c", "b", true)]
    [InlineData("a|b|c", "bc", false)]
    [InlineData("(?P<n>x+)y", "xxy", true)]
    [InlineData("(?i)AbC", "aBc", true)]
    [InlineData("x(?i:AbC)", "Xabc", false)]
    [InlineData("\\d+", "12", true)]
    [InlineData("\\d+", "١٢", false)]
    [InlineData("\\w+", "aé", false)]
    [InlineData("[\\w-]+", "a-b_9", true)]
    [InlineData("[[:alpha:]]+", "abc", true)]
    [InlineData("[^[:digit:]]+", "abc", true)]
    [InlineData("\\Qa.b\\E+", "a.bb", true)]
    [InlineData("\\Qa.b\\E", "axb", false)]
    [InlineData("\\pL+", "éß", true)]
    [InlineData("[a-z&&[b]", "&", true)]
    [InlineData("[a-c-[b]]", "b]", true)]
    [InlineData("\\x{1F600}", "😀", true)]
    [InlineData("a{2,3}", "aaaa", false)]
    [InlineData("^abc$", "abc", true)]
    [InlineData("a\\.b", "a.b", true)]
    [InlineData("[]a]+", "]a", true)]
    public void Patterns_mean_what_they_mean_in_RE2(string pattern, string text, bool matches)
    {
        Assert.Equal(matches, new LabelMatcher(MatchKind.Regex, "x", pattern).Matches(text));
        Assert.Equal(!matches, new LabelMatcher(MatchKind.NotRegex, "x", pattern).Matches(text));
    }

    [Theory]
    [InlineData("(")]
    [InlineData("[a")]
    [InlineData("a**")]
    [InlineData("(?=a)")]
    [InlineData("(?<!a)b")]
    [InlineData("(?>a)")]
    [InlineData("(a)\\1")]
    [InlineData("[[:nope:]]")]
    [InlineData("\\y")]
    public void What_RE2_refuses_is_refused(string pattern) =>
        Assert.ThrowsAny<Exception>(() => new LabelMatcher(MatchKind.Regex, "x", pattern));

    [Fact]
    public void A_pattern_that_would_backtrack_for_ever_does_not()
    {
        var matcher = new LabelMatcher(MatchKind.Regex, "x", "(a+)+b");
        Assert.False(matcher.Matches(new string('a', 100_000)));
    }
}
