using Headroom.Reports.Html;
using Headroom.Reports.Markdown;
using Headroom.Reports.Terminal;
using Headroom.Metrics.PromQL;
namespace Headroom.Reports.Tests;
public sealed class DrawForTheEye
{
    [Fact]
    public async Task Draw()
    {
        var ct = TestContext.Current.CancellationToken;
        Directory.CreateDirectory("/tmp/look");
        var m = SampleReports.Daily();
        await File.WriteAllTextAsync("/tmp/look/daily.html", await HtmlReport.RenderAsync(m, ct), ct);
        await File.WriteAllTextAsync("/tmp/look/demo.html", await HtmlReport.RenderAsync(SampleReports.Demo(), ct), ct);
        await File.WriteAllTextAsync("/tmp/look/daily.md", MarkdownReport.Render(m), ct);
        var w = new StreamWriter("/tmp/look/term.txt");
        foreach (int width in new[] { 220, 140, 100, 80, 60, 40 })
        {
            w.WriteLine($"--- {width}");
            var c = TerminalConsole.Create(w, true, false, width);
            StatusTable.Write(c, m.Status);
            StatusTable.Write(c, SampleReports.Demo().Status, SampleReports.Demo().Before);
            RegressionList.Write(c, m);
        }
        var p = TerminalConsole.Create(w, false, false);
        StatusTable.Write(p, m.Status); RegressionList.Write(p, m);
        var a = TerminalConsole.Create(new StringWriter(), true, false);
        foreach (var con in new[] { TerminalConsole.Create(w, true, true, 100), TerminalConsole.Create(w, true, false, 100), p })
        foreach (int i in new[] { 0, 3 }) TerminalChart.Write(con, new MatrixValue(m.Charts[i].Series), m.From, m.To, m.Charts[i].Unit);
        QueryTable.Write(p, new QueryResult(new VectorValue([.. m.Charts[0].Series.Select(s => new VectorSample(s.Labels, s.Points[3].Time, s.Points[3].Value))])));
        QueryTable.Write(p, new QueryResult(new MatrixValue([.. m.Charts[0].Series.Select(s => s with { Points = [.. s.Points.Take(3)] })]), ["w1"], []));
        w.Flush(); w.Dispose();
    }
}
