using Headroom.Metrics.PromQL;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.Tests.PromQL.Syntax;

public sealed class ParserPropertyTests
{
    [Fact]
    public void What_is_printed_reads_back_as_the_same_tree()
    {
        var expressions = new RandomExpressions(new Random(42));
        int read = 0;
        for (int i = 0; i < 5000; i++)
        {
            string expression = expressions.Vector(i % 5);
            Expr tree;
            try
            {
                tree = Parser.Parse(expression);
            }
            catch (PromqlException)
            {
                // The generator does not know every rule, for example that a label may stand in one list only.
                continue;
            }
            read++;
            string printed = Printer.Print(tree);
            Assert.Equal(RandomExpressions.Spell(tree), RandomExpressions.Spell(Parser.Parse(printed)));
            Assert.Equal(printed, Printer.Print(Parser.Parse(printed)));
            string pretty = PrettyPrinter.Print(tree);
            Assert.Equal(RandomExpressions.Spell(tree), RandomExpressions.Spell(Parser.Parse(pretty)));
        }
        Assert.InRange(read, 3000, 5000);
    }

    [Fact]
    public void No_input_makes_the_parser_fail_otherwise_than_with_its_error()
    {
        var random = new Random(1);
        var expressions = new RandomExpressions(random);
        string[] pieces = ["{", "}", "(", ")", "[", "]", ",", "\"", "'", "`", "\\", "@", ":", "=~", "!", "offset", "by", "sum", "5m", "0x", "1e", ".", "_", "#", "\n", "\0", "ü", "\ud800", "and", "on", "group_left", "bool", "start()", "fill", "</", "smoothed"];
        for (int i = 0; i < 30_000; i++)
        {
            var text = new System.Text.StringBuilder(i % 3 == 0 ? "" : expressions.Vector(i % 4));
            for (int k = random.Next(1, 6); k > 0; k--)
            {
                int at = random.Next(text.Length + 1);
                switch (random.Next(4))
                {
                    case 0 when text.Length > 0: text.Remove(Math.Min(at, text.Length - 1), 1); break;
                    case 1: text.Insert(at, (char)random.Next(1, 256)); break;
                    default: text.Insert(at, pieces[random.Next(pieces.Length)]); break;
                }
            }
            string input = text.ToString();
            try
            {
                var tree = Parser.Parse(input);
                Assert.Equal(RandomExpressions.Spell(tree), RandomExpressions.Spell(Parser.Parse(Printer.Print(tree))));
            }
            catch (PromqlException e)
            {
                Assert.Equal(PromqlErrorKind.BadData, e.Kind);
                Assert.InRange(e.Position, 0, input.Length);
            }
        }
    }

    [Theory]
    [InlineData("sum(x)by(a)", "sum by (a) (x)")]
    [InlineData("a   +b", "a + b")]
    [InlineData("a{b='c'}", "a{b=\"c\"}")]
    [InlineData("a offset 90m", "a offset 1h30m")]
    [InlineData("rate(a[300s])", "rate(a[5m])")]
    [InlineData("{\"a\"}", "a")]
    [InlineData("{\"a.b\",c=\"d\"}", "{\"a.b\",c=\"d\"}")]
    [InlineData("a/on(b)group_left c", "a / on (b) group_left () c")]
    [InlineData("a @ 1.5", "a @ 1.500")]
    [InlineData("1e3", "1000")]
    [InlineData("a[604800]", "a[604800]")]
    [InlineData("a[7d]", "a[1w]")]
    [InlineData("a[8d]", "a[8d]")]
    public void Expressions_are_written_one_way(string expression, string formatted) => Assert.Equal(formatted, PromqlSyntax.Format(expression));

    [Fact]
    public void Long_expressions_are_laid_out_over_lines()
    {
        string formatted = PromqlSyntax.Format("sum by (job, instance, path) (rate(http_requests_total{job=\"api-server\",code=~\"5..\"}[5m])) / sum by (job) (rate(http_requests_total{job=\"api-server\"}[5m]))");
        Assert.Equal("""
              sum by (job, instance, path) (rate(http_requests_total{job="api-server",code=~"5.."}[5m]))
            /
              sum by (job) (rate(http_requests_total{job="api-server"}[5m]))
            """, formatted);
    }

    [Fact]
    public void Selectors_can_be_read_alone_and_found_in_expressions()
    {
        Assert.Equal(["a=b", "__name__=up"], PromqlSyntax.ParseSelector("up{a=\"b\"}").Select(m => $"{m.Name}={m.Value}"));
        foreach (string wrong in (string[])["up[5m]", "up offset 5m", "sum(up)", "1", "up @ 5", "{}"])
            Assert.Throws<PromqlException>(() => PromqlSyntax.ParseSelector(wrong));
        Assert.Equal(["a", "b", "c", "d"], PromqlSyntax.SelectorsOf("rate(a[5m]) + sum(b) / -c and (d)").Select(s => s[^1].Value));
    }
}
