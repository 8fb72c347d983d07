using Headroom.Metrics.PromQL;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.Tests.PromQL.Syntax;

public sealed class ParserErrorTests
{
    [Theory]
    [InlineData("", "1:1: parse error: no expression found in input")]
    [InlineData("# only a comment", "no expression found in input")]
    [InlineData("foo bar", "1:5: parse error: unexpected identifier \"bar\"")]
    [InlineData("1 +", "1:4: parse error: unexpected end of input")]
    [InlineData("(1", "1:3: parse error: unclosed left parenthesis")]
    [InlineData("1)", "1:2: parse error: unexpected right parenthesis ')'")]
    [InlineData("foo[5m", "unclosed left bracket")]
    [InlineData("foo]", "unexpected right bracket ']'")]
    [InlineData("foo[[5m]]", "unexpected left bracket '['")]
    [InlineData("foo{", "unexpected end of input inside braces")]
    [InlineData("foo{a}", "unexpected \"}\" in label matching, expected label matching operator")]
    [InlineData("foo{a=b}", "unexpected identifier \"b\" in label matching, expected string")]
    [InlineData("foo{a=\"b\" c=\"d\"}", "unexpected identifier \"c\" in label matching, expected \",\" or \"}\"")]
    [InlineData("foo{,}", "unexpected \",\" in label matching, expected identifier or \"}\"")]
    [InlineData("foo{a!\"b\"}", "unexpected character after '!' inside braces: '\"'")]
    [InlineData("foo{1=\"a\"}", "unexpected character inside braces: '1'")]
    [InlineData("foo{{", "unexpected left brace '{'")]
    [InlineData("foo}", "unexpected character: '}'")]
    [InlineData("a ! b", "unexpected character after '!': ' '")]
    [InlineData("a =~ b", "unexpected character after '=': '~'")]
    [InlineData("a ; b", "unexpected character: ';'")]
    [InlineData("\"open", "unterminated quoted string")]
    [InlineData("`open", "unterminated raw string")]
    [InlineData("\"\\q\"", "unknown escape sequence U+0071 'q'")]
    [InlineData("\"\\u12\"", "unknown escape sequence")]
    [InlineData("1x", "bad number or duration syntax: \"1x\"")]
    [InlineData("0x", "bad number or duration syntax: \"0x\"")]
    [InlineData("1__0", "bad number or duration syntax")]
    [InlineData("1_", "bad number or duration syntax")]
    [InlineData("5m5h", "bad number or duration syntax")]
    [InlineData("{}", "vector selector must contain at least one non-empty matcher")]
    [InlineData("{a=~\".*\"}", "vector selector must contain at least one non-empty matcher")]
    [InlineData("{a=\"\"}", "vector selector must contain at least one non-empty matcher")]
    [InlineData("sum({a!=\"x\"})", "vector selector must contain at least one non-empty matcher")]
    [InlineData("foo{__name__=\"bar\"}", "metric name must not be set twice: \"foo\" or \"bar\"")]
    [InlineData("foo{\"bar\"}", "metric name must not be set twice: \"foo\" or \"bar\"")]
    [InlineData("{\"foo\",\"bar\"}", "metric name must not be set twice: \"foo\" or \"bar\"")]
    [InlineData("foo{a=~\"(\"}", "error parsing regexp")]
    [InlineData("foo{a=~\"(?=x)\"}", "error parsing regexp")]
    [InlineData("foo{a=~\"(a)\\\\1\"}", "error parsing regexp")]
    [InlineData("unknown(x)", "1:1: parse error: unknown function with name \"unknown\"")]
    [InlineData("holt_winters(x[5m], 0.5, 0.5)", "unknown function with name \"holt_winters\"")]
    [InlineData("rate()", "expected 1 argument(s) in call to \"rate\", got 0")]
    [InlineData("rate(x[5m], 1)", "expected 1 argument(s) in call to \"rate\", got 2")]
    [InlineData("round()", "expected at least 1 argument(s) in call to \"round\", got 0")]
    [InlineData("round(x, 1, 2)", "expected at most 2 argument(s) in call to \"round\", got 3")]
    [InlineData("label_join(x)", "expected at least 3 argument(s) in call to \"label_join\", got 1")]
    [InlineData("time(1)", "expected 0 argument(s) in call to \"time\", got 1")]
    [InlineData("rate(x)", "1:6: parse error: expected type range vector in call to function \"rate\", got instant vector")]
    [InlineData("abs(x[5m])", "expected type instant vector in call to function \"abs\", got range vector")]
    [InlineData("abs(1)", "expected type instant vector in call to function \"abs\", got scalar")]
    [InlineData("vector(x)", "expected type scalar in call to function \"vector\", got instant vector")]
    [InlineData("label_replace(x, 1, \"\", \"\", \"\")", "expected type string in call to function \"label_replace\", got scalar")]
    [InlineData("abs(x,)", "trailing commas not allowed in function call args")]
    [InlineData("sum(x[5m])", "expected type instant vector in aggregation expression, got range vector")]
    [InlineData("sum(1)", "expected type instant vector in aggregation expression, got scalar")]
    [InlineData("topk(x, y)", "expected type scalar in aggregation parameter, got instant vector")]
    [InlineData("count_values(1, y)", "expected type string in aggregation parameter, got scalar")]
    [InlineData("sum()", "no arguments for aggregate expression provided")]
    [InlineData("sum(x, y)", "wrong number of arguments for aggregate expression provided, expected 1, got 2")]
    [InlineData("topk(x)", "wrong number of arguments for aggregate expression provided, expected 2, got 1")]
    [InlineData("sum by (a (x)", "unexpected \"(\" in grouping opts, expected \",\" or \")\"")]
    [InlineData("sum by a (x)", "unexpected identifier \"a\" in grouping opts, expected \"(\"")]
    [InlineData("sum by (1) (x)", "unexpected number \"1\" in grouping opts, expected label")]
    [InlineData("sum by (a) x", "unexpected identifier \"x\" in aggregation")]
    [InlineData("1 == 1", "1:3: parse error: comparisons between scalars must use BOOL modifier")]
    [InlineData("x + bool y", "bool modifier can only be used on comparison operators")]
    [InlineData("1 and x", "set operator \"and\" not allowed in binary scalar expression")]
    [InlineData("x or 1", "set operator \"or\" not allowed in binary scalar expression")]
    [InlineData("x and on (a) group_left () y", "no grouping allowed for \"and\" operation")]
    [InlineData("x unless on (a) group_right () y", "no grouping allowed for \"unless\" operation")]
    [InlineData("x and fill (0) y", "filling in missing series not allowed")]
    [InlineData("x + on (a) 1", "vector matching only allowed between instant vectors")]
    [InlineData("x * on (a) group_left (a) y", "label \"a\" must not occur in ON and GROUP clause at once")]
    [InlineData("x + group_left () y", "unexpected <group_left>")]
    [InlineData("x[5m] + 1", "binary expression must contain only scalar and instant vector types")]
    [InlineData("\"a\" + 1", "binary expression must contain only scalar and instant vector types")]
    [InlineData("-\"a\"", "unary expression only allowed on expressions of type scalar or instant vector, got \"string\"")]
    [InlineData("-x[5m]", "unary expression only allowed on expressions of type scalar or instant vector, got \"range vector\"")]
    [InlineData("(x)[5m]", "ranges only allowed for vector selectors")]
    [InlineData("rate(x[5m])[5m]", "ranges only allowed for vector selectors")]
    [InlineData("x offset 1m [5m]", "no offset modifiers allowed before range")]
    [InlineData("x @ 1 [5m]", "no @ modifiers allowed before range")]
    [InlineData("x[5m][5m:1m]", "subquery is only allowed on instant vector, got range vector")]
    [InlineData("1[5m:1m]", "subquery is only allowed on instant vector, got scalar")]
    [InlineData("x[0s]", "duration must be greater than 0")]
    [InlineData("x[-5m]", "duration must be greater than 0")]
    [InlineData("x[5m:0s]", "duration must be greater than 0")]
    [InlineData("x[]", "unexpected \"]\" in subquery or range selector, expected number, duration, step(), or range()")]
    [InlineData("x[a]", "unexpected identifier \"a\"")]
    [InlineData("x offset", "unexpected end of input in offset, expected number, duration, step(), or range()")]
    [InlineData("x offset y", "unexpected identifier \"y\" in offset")]
    [InlineData("x offset 1m offset 2m", "offset may not be set multiple times")]
    [InlineData("x @ 1 @ 2", "@ <timestamp> may not be set multiple times")]
    [InlineData("x @", "unexpected end of input in @, expected timestamp")]
    [InlineData("x @ y", "unexpected identifier \"y\" in @, expected timestamp")]
    [InlineData("x @ Inf", "timestamp out of bounds for @ modifier: +Inf")]
    [InlineData("x @ NaN", "timestamp out of bounds for @ modifier: NaN")]
    [InlineData("1 offset 5m", "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery")]
    [InlineData("sum(x) offset 5m", "offset modifier must be preceded by")]
    [InlineData("sum(x) @ 5", "@ modifier must be preceded by")]
    [InlineData("bool", "unexpected <bool>")]
    [InlineData("on", "unexpected <on>")]
    [InlineData("x[9999999y]", "bad number or duration syntax")]
    [InlineData("foo\n  bar", "2:3: parse error: unexpected identifier \"bar\"")]
    public void Mistakes_are_named_with_their_place(string expression, string message)
    {
        var error = Assert.Throws<PromqlException>(() => PromqlSyntax.Check(expression));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Equal(PromqlErrorKind.BadData, error.Kind);
        Assert.InRange(error.Position, 0, expression.Length);
    }

    [Theory]
    [InlineData("sum")]
    [InlineData("sum{a=\"b\"}")]
    [InlineData("by")]
    [InlineData("and")]
    [InlineData("offset")]
    [InlineData("start + end")]
    [InlineData("step")]
    [InlineData("min{max=\"count\"}")]
    [InlineData("sum by (sum, by, on, offset, bool, inf) (count)")]
    [InlineData("a:b:c")]
    [InlineData(":a")]
    [InlineData("x{on=\"y\",by=\"z\",sum=~\"w\"}")]
    [InlineData("x * on (bool) group_left (offset) y")]
    [InlineData("{__name__=\"on\"}")]
    [InlineData("{\"a.b\"}")]
    [InlineData("x{a='b',}")]
    [InlineData("topk(5, x) without (a)")]
    [InlineData("x[5m] @ start() offset -1m")]
    [InlineData("x # trailing comment")]
    [InlineData("x\n# comment\n+ # another\ny")]
    [InlineData("-1 ^ 2")]
    [InlineData("+x")]
    [InlineData("x OFFSET 5m")]
    [InlineData("x AND ON(a) y")]
    [InlineData("rate(x[1h30m])[1d:]")]
    [InlineData("x{a=~\"(?i)ab|c[[:digit:]]+\\\\d\"}")]
    public void Keywords_are_names_where_nothing_else_fits(string expression) => PromqlSyntax.Check(expression);

    [Fact]
    public void A_deeply_nested_expression_is_refused_and_not_a_crash()
    {
        foreach (string expression in (string[])
            [
                new string('(', 100_000) + "1" + new string(')', 100_000),
                string.Concat(Enumerable.Repeat("abs(", 50_000)) + "x" + new string(')', 50_000),
                string.Concat(Enumerable.Repeat("-", 100_000)) + "x",
                string.Join("+", Enumerable.Repeat("1", 100_000)),
                string.Join("^", Enumerable.Repeat("1", 100_000)),
                string.Concat(Enumerable.Repeat("abs(", 20_000)) + "x" + string.Concat(Enumerable.Repeat(")[5m:1m]", 20_000)),
                "x[" + string.Concat(Enumerable.Repeat("-", 100_000)) + "5m]",
                "x[" + new string('(', 100_000) + "5m" + new string(')', 100_000) + "]",
                "x[" + string.Join("+", Enumerable.Repeat("1", 100_000)) + "]",
            ])
        {
            var error = Assert.Throws<PromqlException>(() => PromqlSyntax.Check(expression));
            Assert.Contains("nested", error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void An_endless_expression_is_refused()
    {
        var error = Assert.Throws<PromqlException>(() => PromqlSyntax.Check(new string(' ', Parser.MaxLength) + "1"));
        Assert.Contains("longer than the limit", error.Message, StringComparison.Ordinal);
    }
}
