using System.Globalization;
using System.Text;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Ingest;
using Headroom.Metrics.Ingest.Csv;
using Headroom.TestKit;

namespace Headroom.Metrics.Tests.Ingest.Csv;

public sealed class CsvImporterTests
{
    private static readonly VirtualTimeProvider Clock = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
    private static readonly CsvImportOptions Options = new() { Metric = "cpu" };

    [Fact]
    public async Task A_file_of_times_and_values_becomes_one_series()
    {
        var (store, report) = await ImportAsync("timestamp,value\n2014-02-14 14:30:00,0.132\n2014-02-14 14:35:00,51.846000000000004\n", Options with { DefaultLabels = [new Label("service", "rds")] });
        Assert.Equal(["cpu{service=\"rds\"} 0.132 1392388200000", "cpu{service=\"rds\"} 51.846000000000004 1392388500000"], store.Lines);
        Assert.Equal((2L, 1L, 0L), (report.Samples, report.Series, report.Rejected));
    }

    [Theory]
    [InlineData("2014-02-14T14:30:00Z", 1392388200000)]
    [InlineData("2014-02-14T15:30:00+01:00", 1392388200000)]
    [InlineData("2014-02-14 14:30:00.250", 1392388200250)]
    [InlineData("2014-02-14", 1392336000000)]
    [InlineData("1392388200", 1392388200000)]
    [InlineData("1392388200250", 1392388200250)]
    [InlineData("1392388200.25", 1392388200250)]
    [InlineData(" 1392388200 ", 1392388200000)]
    [InlineData("\"2014-02-14 14:30:00\"", 1392388200000)]
    public async Task Times_have_several_forms(string text, long expected) =>
        Assert.Equal(expected, Assert.Single((await ImportAsync($"timestamp,value\n{text},1\n", Options)).Store.Samples).Time);

    [Fact]
    public async Task Quotes_hold_delimiters_line_ends_and_quotes()
    {
        var (store, report) = await ImportAsync(
            "\"when\",host,\"how \"\"much\"\"\",note\r\n1000,\"a,b\",1,x\r\n2000,\"line\r\nend\",\"2\",\"y\"\r\n3000,\"say \"\"hi\"\"\",3,\"\"\r\n4000,,4,z",
            Options with { TimeColumn = "when", ValueColumn = "how \"much\"", LabelColumns = ["host"] });
        Assert.Empty(report.Rejections);
        Assert.Equal(["a,b", "line\r\nend", "say \"hi\"", ""], store.Samples.Select(sample => sample.Labels["host"]));
        Assert.Equal([1.0, 2, 3, 4], store.Samples.Select(sample => sample.Value));
        Assert.Equal([1_000_000L, 2_000_000, 3_000_000, 4_000_000], store.Samples.Select(sample => sample.Time));
    }

    [Fact]
    public async Task Columns_become_labels_and_a_default_fills_the_gaps()
    {
        var (store, report) = await ImportAsync("service,timestamp,zone,value\na,1000,x,1\n,1000,,2\na,2000,x,3\n",
            Options with { LabelColumns = ["zone", "service"], DefaultLabels = [new Label("service", "none")] });
        Assert.Equal(["cpu{service=\"a\",zone=\"x\"}", "cpu{service=\"none\"}", "cpu{service=\"a\",zone=\"x\"}"], store.Samples.Select(sample => sample.Labels.ToString()));
        Assert.Equal(2, report.Series);
    }

    [Fact]
    public async Task Labels_that_run_together_alike_stay_apart()
    {
        var (_, report) = await ImportAsync("timestamp,value,a,b\n1000,1,xy,z\n1000,1,x,yz\n1000,1,xyz,\n1000,1,,xyz\n", Options with { LabelColumns = ["a", "b"] });
        Assert.Equal((4L, 4L), (report.Samples, report.Series));
    }

    [Theory]
    [InlineData("timestamp;value\n1000;1.5\n")]
    [InlineData("timestamp\tvalue\n1000\t1.5\n")]
    [InlineData("\uFEFFtimestamp,value\n1000,1.5\n")]
    [InlineData("\n\nTimestamp, Value \r\n\r\n1000, 1.5\r\n\r\n")]
    public async Task Delimiters_marks_blanks_and_case_are_taken_as_they_come(string text)
    {
        var (store, report) = await ImportAsync(text, Options);
        Assert.Equal(["cpu 1.5 1000000"], store.Lines);
        Assert.Equal(0, report.Rejected);
    }

    [Theory]
    [InlineData("1000,", 6, "empty-value")]
    [InlineData("1000,NaN", 6, "value-not-finite")]
    [InlineData("1000,-inf", 6, "value-not-finite")]
    [InlineData("1000,x", 6, "bad-value")]
    [InlineData("1000,\"3,14\"", 7, "bad-value")]
    [InlineData("1000,1e999", 6, "bad-value")]
    [InlineData("soon,1", 1, "bad-timestamp")]
    [InlineData(",1", 1, "bad-timestamp")]
    [InlineData("2014-02-30,1", 1, "bad-timestamp")]
    [InlineData("1969-12-31,1", 1, "timestamp-out-of-range")]
    [InlineData("2026-02-02,1", 1, "timestamp-out-of-range")]
    [InlineData("1000", 0, "bad-field-count")]
    [InlineData("1000,1,2", 0, "bad-field-count")]
    [InlineData("1000,\"1\"x", 9, "bad-quotes")]
    [InlineData("\"1000,1", 0, "bad-quotes")]
    [InlineData("1000,\"1", 6, "bad-quotes")]
    public async Task A_bad_row_is_named_and_its_neighbours_are_kept(string row, int column, string code)
    {
        var (store, report) = await ImportAsync($"timestamp,value\n1,1\n{row}\n3,3\n\"4\",4\n", Options);
        Assert.Equal([1.0, 3, 4], store.Samples.Select(sample => sample.Value));
        var rejection = Assert.Single(report.Rejections);
        Assert.Equal((3L, code), (rejection.Line, rejection.Code));
        if (code != "bad-quotes") Assert.Equal(column, rejection.Column);
        Assert.Equal(1, report.Rejected);
    }

    [Fact]
    public async Task A_stray_quote_at_the_end_costs_one_line()
    {
        var (store, report) = await ImportAsync("timestamp,value\n1,1\n2,\"2\n3,3\n4,4", Options);
        Assert.Equal([1.0, 3, 4], store.Samples.Select(sample => sample.Value));
        Assert.Equal((3L, 3, "bad-quotes"), (Assert.Single(report.Rejections).Line, report.Rejections[0].Column, report.Rejections[0].Code));
    }

    [Fact]
    public async Task A_stray_quote_that_pairs_with_another_far_below_costs_only_those_lines()
    {
        string rows = string.Concat(Enumerable.Range(0, 5000).Select(i => i is 100 or 4900 ? $"{i},\"{i}\n" : $"{i},{i}\n"));
        var (store, report) = await ImportAsync("timestamp,value\n" + rows, Options);
        Assert.Equal(4998, store.Samples.Count);
        Assert.Equal([102L, 4902], report.Rejections.Select(rejection => rejection.Line));
    }

    [Fact]
    public async Task A_row_longer_than_the_limit_is_passed_over()
    {
        string text = $"timestamp,value\n1,1\n2,{new string('9', 500_000)}\n3,\"{new string('\n', 500_000)}\n4,4\n";
        foreach (int step in (int[])[5000, 1 << 20])
        {
            var store = new CollectedSamples();
            var report = await new CsvImporter(Options with { MaxLineBytes = 100_000 }, Clock).ImportAsync(new TrickleStream(text, step), store.WriteAsync, TestContext.Current.CancellationToken);
            Assert.Equal([1.0, 4], store.Samples.Select(sample => sample.Value));
            Assert.Equal([3L, 4], report.Rejections.Select(rejection => rejection.Line));
            Assert.Equal(2, report.Rejected);
        }
    }

    [Fact]
    public async Task Lines_are_counted_through_quoted_line_ends()
    {
        var (_, report) = await ImportAsync("timestamp,value,note\n1,1,\"a\nb\nc\"\n2,x,d\n", Options);
        Assert.Equal(5, Assert.Single(report.Rejections).Line);
    }

    [Theory]
    [InlineData("", "csv-empty")]
    [InlineData("\n \n", "csv-empty")]
    [InlineData("time,value\n1,1\n", "csv-missing-column")]
    [InlineData("2014-02-14 14:30:00,0.132\n", "csv-missing-column")]
    [InlineData("timestamp,value,value\n", "csv-duplicate-column")]
    [InlineData("\"timestamp,value\n", "csv-bad-header")]
    [InlineData("\u001f\u008b", "csv-missing-column")]
    public async Task A_file_without_the_columns_is_refused_as_a_whole(string text, string code)
    {
        var problem = (await Assert.ThrowsAsync<ProblemException>(async () => await ImportAsync(text, Options))).Problems[0];
        Assert.Equal(code, problem.Code);
    }

    [Fact]
    public async Task Other_kinds_of_file_are_named()
    {
        foreach (var (bytes, code) in ((byte[], string)[])[([0x1F, 0x8B, 8], "csv-compressed"), ([0xFF, 0xFE, (byte)'t', 0], "csv-not-utf8")])
        {
            var refused = await Assert.ThrowsAsync<ProblemException>(async () => await new CsvImporter(Options, Clock).ImportAsync(new MemoryStream(bytes), new CollectedSamples().WriteAsync, TestContext.Current.CancellationToken));
            Assert.Equal(code, refused.Problems[0].Code);
        }
    }

    [Fact]
    public async Task Options_that_cannot_work_are_refused()
    {
        foreach (var options in (CsvImportOptions[])[Options with { Metric = "" }, Options with { LabelColumns = ["__name__"] }, Options with { LabelColumns = ["a", "a"] }, Options with { Delimiter = '"' }])
            await Assert.ThrowsAsync<ProblemException>(async () => await ImportAsync("timestamp,value,a\n", options));
    }

    [Fact]
    public async Task Label_values_are_limited_and_UTF_8()
    {
        byte[] text = [.. "timestamp,value,a\n1,1,"u8, 0xFF, .. "\n2,2,ok\n3,3,"u8, .. Encoding.UTF8.GetBytes(new string('x', 5000)), .. "\n"u8];
        var store = new CollectedSamples();
        var report = await new CsvImporter(Options with { LabelColumns = ["a"] }, Clock).ImportAsync(new MemoryStream(text), store.WriteAsync, TestContext.Current.CancellationToken);
        Assert.Equal(["not-utf8", "text-too-large"], report.Rejections.Select(rejection => rejection.Code));
        Assert.Equal([2.0], store.Samples.Select(sample => sample.Value));
    }

    [Fact]
    public async Task How_the_bytes_arrive_makes_no_difference()
    {
        string text = "timestamp,value,host\r\n" + string.Concat(Enumerable.Range(0, 500).Select(i => (i % 9) switch
        {
            3 => $"{i},\"{i}\",\"a\"\"\r\n,b\"\r\n",
            5 => $"{i},{i}\"x,c\n",
            7 => $"\"{i},{i},d\n",
            _ => $"{i},{i},e\r\n",
        }));
        var options = Options with { LabelColumns = ["host"] };
        var (whole, expected) = await ImportAsync(text, options);
        Assert.Equal(500 - 55 - 55, whole.Samples.Count);
        foreach (int step in (int[])[1, 2, 3, 64, 1000])
        {
            var store = new CollectedSamples();
            var report = await new CsvImporter(options, Clock).ImportAsync(new TrickleStream(text, step), store.WriteAsync, TestContext.Current.CancellationToken);
            Assert.Equal(whole.Samples, store.Samples);
            Assert.Equal(expected.Rejections, report.Rejections);
        }
    }

    [Fact]
    public async Task Any_table_written_by_RFC_4180_reads_back()
    {
        var random = new Random(81);
        string[] pieces = ["a", "\"", ",", "\n", "\r\n", "é", " ", "\r", "x\"y"];
        for (int round = 0; round < 200; round++)
        {
            var rows = Enumerable.Range(0, 30).Select(i => (Time: (long)i * 1000, Value: Math.Round(random.NextDouble() * 100, 3),
                Host: string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => pieces[random.Next(pieces.Length)])))).ToArray();
            var text = new StringBuilder("host,timestamp,value\n");
            foreach (var (time, value, host) in rows)
                text.Append(CultureInfo.InvariantCulture, $"\"{host.Replace("\"", "\"\"")}\",{time / 1000},{value}\n");
            var (store, report) = await ImportAsync(text.ToString(), Options with { LabelColumns = ["host"] });
            Assert.Empty(report.Rejections);
            Assert.Equal(rows, store.Samples.Select(sample => (sample.Time, sample.Value, sample.Labels["host"])));
        }
    }

    private static async Task<(CollectedSamples Store, ImportReport Report)> ImportAsync(string text, CsvImportOptions options)
    {
        var store = new CollectedSamples();
        var report = await new CsvImporter(options, Clock).ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), store.WriteAsync, TestContext.Current.CancellationToken);
        return (store, report);
    }
}
