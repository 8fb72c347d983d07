using Headroom.Metrics;
using Headroom.Metrics.Histograms;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Kpis;
using Headroom.Reports;
using Headroom.Reports.Terminal;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Headroom.Reports.Tests.Terminal;

public sealed class TerminalTests
{
    private const char Escape = '\u001b';

    [Theory]
    [InlineData(40)]
    [InlineData(60)]
    [InlineData(80)]
    [InlineData(120)]
    [InlineData(200)]
    public void The_status_table_fits_the_terminal_and_keeps_value_and_status(int width)
    {
        string text = Write(width, console => StatusTable.Write(console, SampleReports.Daily().Status));
        Assert.All(text.Split('\n'), line => Assert.True(new Segment(line.TrimEnd('\r')).CellCount() <= width, line));
        foreach (string word in (string[])["Latency p95 · search", "44.8 ms", "critical", "61.2%", "missed", "no data"]) Assert.Contains(word, text, StringComparison.Ordinal);
    }

    [Fact]
    public void Wider_terminals_show_more_columns()
    {
        Assert.DoesNotContain("30 days", Write(100, console => StatusTable.Write(console, SampleReports.Daily().Status)), StringComparison.Ordinal);
        Assert.Contains("→ stable 26.2 → 27.1 ms", Write(240, console => StatusTable.Write(console, SampleReports.Daily().Status)), StringComparison.Ordinal);
    }

    [Fact]
    public void Before_and_after_stand_side_by_side()
    {
        var demo = SampleReports.Demo();
        string text = Write(120, console => StatusTable.Write(console, demo.Status, demo.Before));
        Assert.Matches(@"p95 response time · search │ 48\.1 ms │ 87\.1 ms │   \+81% │ ! missed │ < 60 ms", text);
    }

    [Fact]
    public void Output_that_is_not_a_terminal_has_no_frame_no_colour_and_is_never_cut()
    {
        var output = new StringWriter();
        var console = TerminalConsole.Create(output, terminal: false, colour: false);
        StatusTable.Write(console, SampleReports.Daily().Status);
        string text = output.ToString();
        Assert.DoesNotContain(Escape, text);
        Assert.DoesNotContain('│', text);
        Assert.Contains("no series matched", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_colour_nothing_but_text_is_written_and_with_it_the_words_are_the_same()
    {
        string plain = Write(120, console => StatusTable.Write(console, SampleReports.Daily().Status));
        string coloured = Write(120, console => StatusTable.Write(console, SampleReports.Daily().Status), colour: true);
        Assert.DoesNotContain(Escape, plain);
        Assert.Contains(Escape, coloured);
        Assert.Equal(plain, System.Text.RegularExpressions.Regex.Replace(coloured, "\u001b\\[[0-9;]*m", ""));
    }

    [Fact]
    public void Hostile_names_cannot_move_the_cursor_or_fail_any_table()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            var random = new Random(seed);
            var model = AnyReport.From(random);
            string text = Write(random.Next(20, 250), console =>
            {
                StatusTable.Write(console, model.Status, model.Before);
                RegressionList.Write(console, model);
                foreach (var chart in model.Charts)
                {
                    TerminalChart.Write(console, new MatrixValue(chart.Series), model.From, model.To, chart.Unit);
                    QueryTable.Write(console, new QueryResult(new MatrixValue(chart.Series), [HostileText.Any(random)], []));
                }
            });
            Assert.DoesNotContain(text, c => char.IsControl(c) && c is not ('\n' or '\r'));
        }
    }

    [Fact]
    public void Regressions_are_said_in_a_sentence_first()
    {
        string text = Write(120, console => RegressionList.Write(console, SampleReports.Demo()));
        Assert.StartsWith("Worse: p95 response time (search) rose 81%, from 48.1 ms to 87.1 ms", text, StringComparison.Ordinal);
        Assert.StartsWith("Nothing was compared.", Write(120, console => RegressionList.Write(console, SampleReports.Of())), StringComparison.Ordinal);
    }

    [Fact]
    public void A_constant_and_a_rising_line_are_drawn_where_they_belong()
    {
        var rising = new MatrixSeries(Labels.Empty, [.. Enumerable.Range(0, 61).Select(i => new Point(At(i), i))]);
        string[] lines = Plot([rising]);
        int first = Array.FindIndex(lines, line => line.Any(IsBraille)), last = Array.FindLastIndex(lines, line => line.Any(IsBraille));
        Assert.Equal(15, last - first);
        Assert.True(lines[first].IndexOf(lines[first].First(IsBraille), StringComparison.Ordinal) > lines[last].IndexOf(lines[last].First(IsBraille), StringComparison.Ordinal));
        Assert.StartsWith("60 ┤", lines[0].TrimStart(), StringComparison.Ordinal);
        Assert.Contains("08:30", string.Concat(lines), StringComparison.Ordinal);
    }

    [Fact]
    public void Without_colour_every_line_has_its_own_sign()
    {
        MatrixSeries Line(string pod, double value) => new(Labels.From(new Label("pod", pod)), [new Point(At(0), value), new Point(At(30), value), new Point(At(60), value)]);
        string text = string.Join('\n', Plot([Line("a", 1), Line("b", 5)]));
        Assert.Contains("* a", text, StringComparison.Ordinal);
        Assert.Contains("+ b", text, StringComparison.Ordinal);
        Assert.Contains("++++++++", text, StringComparison.Ordinal);
        Assert.DoesNotContain(text, IsBraille);
    }

    [Fact]
    public void A_chart_of_nothing_says_so() => Assert.Contains("nothing to draw", string.Join('\n', Plot([])), StringComparison.Ordinal);

    [Fact]
    public void Query_results_are_exact()
    {
        var labels = Labels.Of("up", ("job", "a[red]b"));
        string vector = Write(200, console => QueryTable.Write(console, new QueryResult(new VectorValue([new VectorSample(labels, 1_700_000_000_123, 0.1 + 0.2)]))));
        Assert.Contains("up{job=\"a[red]b\"}", vector, StringComparison.Ordinal);
        Assert.Contains("0.30000000000000004", vector, StringComparison.Ordinal);
        Assert.Contains("2023-11-14T22:13:20.123Z", vector, StringComparison.Ordinal);
        Assert.StartsWith("+Inf  at 2023-11-14T22:13:20Z", Write(80, console => QueryTable.Write(console, new QueryResult(new ScalarValue(1_700_000_000_000, double.PositiveInfinity)))), StringComparison.Ordinal);
        Assert.Contains("no series matched", Write(80, console => QueryTable.Write(console, new QueryResult(new VectorValue([])))), StringComparison.Ordinal);
        string histogram = Write(200, console => QueryTable.Write(console, new QueryResult(new VectorValue([new VectorSample(labels, 0, 0, new Histogram { Count = 4, Sum = 10 })]), ["careful"], [])));
        Assert.Contains("histogram: count 4, sum 10, average 2.5", histogram, StringComparison.Ordinal);
        Assert.Contains("warning: careful", histogram, StringComparison.Ordinal);
    }

    [Fact]
    public void An_output_without_unicode_gets_plain_characters()
    {
        using var bytes = new MemoryStream();
        using (var ascii = new StreamWriter(bytes, System.Text.Encoding.ASCII))
        {
            var console = TerminalConsole.Create(ascii, terminal: true, colour: false, 120);
            StatusTable.Write(console, SampleReports.Daily().Status);
            var model = SampleReports.Daily();
            TerminalChart.Write(console, new MatrixValue(model.Charts[0].Series), model.From, model.To, "s");
        }
        string text = System.Text.Encoding.ASCII.GetString(bytes.ToArray());
        Assert.Contains("critical", text, StringComparison.Ordinal);
        Assert.DoesNotContain("? critical", text, StringComparison.Ordinal);
        Assert.Contains("60 ms |", text, StringComparison.Ordinal);
    }

    private static string[] Plot(IReadOnlyList<MatrixSeries> series) =>
        Write(80, console => TerminalChart.Write(console, new MatrixValue(series), SampleReports.To.AddHours(-1), SampleReports.To)).ReplaceLineEndings("\n").Split('\n');

    private static long At(int minute) => SampleReports.To.AddMinutes(minute - 60).ToUnixTimeMilliseconds();

    private static bool IsBraille(char c) => c is >= '\u2800' and <= '\u28FF';

    private static string Write(int width, Action<IAnsiConsole> write, bool colour = false)
    {
        var output = new Utf8Writer();
        write(TerminalConsole.Create(output, terminal: true, colour, width));
        return output.ToString();
    }

    private sealed class Utf8Writer : StringWriter
    {
        public override System.Text.Encoding Encoding => System.Text.Encoding.UTF8;
    }
}
