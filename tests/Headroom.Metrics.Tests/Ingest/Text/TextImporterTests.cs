using System.Text;
using Headroom.Metrics.Ingest;
using Headroom.Metrics.Ingest.Text;
using Headroom.TestKit;

namespace Headroom.Metrics.Tests.Ingest.Text;

public sealed class TextImporterTests
{
    private static readonly VirtualTimeProvider Clock = new(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));
    private static readonly long Now = Clock.GetUtcNow().ToUnixTimeMilliseconds();

    [Fact]
    public async Task Every_form_of_a_sample_line_is_read()
    {
        var (store, report) = await ImportAsync("""
            # HELP http_requests_total The total number of HTTP requests.
            # TYPE http_requests_total counter
            http_requests_total{method="post",code="200"} 1027 1395066363000
            http_requests_total{method="post",code="400",}    3 1395066363000

            msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9
            metric_without_timestamp_and_labels 12.47
            something_weird{problem="division by zero"} +Inf -3982045
              	spaced	{  a = "x" , b="y"  }	NaN	 1395066363000  
            minus -Inf 0
            http_request_duration_seconds_bucket{le="+Inf"} 144320
            ns:rule:sum{} 5e-3
            empty_value{a="",b="c"} 1
            odd_escape{a="\d\t"} 1
            tight{a="b"}1
            """, new TextImportOptions { EarliestTime = -10_000_000 });
        Assert.Empty(report.Rejections);
        Assert.Equal(
            [
                "http_requests_total{code=\"200\",method=\"post\"} 1027 1395066363000",
                "http_requests_total{code=\"400\",method=\"post\"} 3 1395066363000",
                $$"""msdos_file_access_time_seconds{error="Cannot find file:\n\"FILE.TXT\"",path="C:\\DIR\\FILE.TXT"} 1458255915 {{Now}}""",
                $"metric_without_timestamp_and_labels 12.47 {Now}",
                "something_weird{problem=\"division by zero\"} Infinity -3982045",
                "spaced{a=\"x\",b=\"y\"} NaN 1395066363000",
                "minus -Infinity 0",
                $"http_request_duration_seconds_bucket{{le=\"+Inf\"}} 144320 {Now}",
                $"ns:rule:sum 0.005 {Now}",
                $"empty_value{{b=\"c\"}} 1 {Now}",
                $$"""odd_escape{a="\\d\\t"} 1 {{Now}}""",
                $"tight{{a=\"b\"}} 1 {Now}",
            ],
            store.Lines);
        Assert.Equal((12L, 12L, 0L), (report.Samples, report.Series, report.Rejected));
    }

    [Fact]
    public async Task Names_of_any_UTF_8_stand_in_quotes()
    {
        var (store, report) = await ImportAsync("""
            {"my.metric",label="x"} 1
            {"größe \"µ\"","service.name"="käse"} 2
            {label="x","late.name"} 3
            {__name__="explicit",a="b"} 4
            """, new TextImportOptions());
        Assert.Empty(report.Rejections);
        Assert.Equal(
            [
                Labels.Of("my.metric", ("label", "x")), Labels.Of("größe \"µ\"", ("service.name", "käse")),
                Labels.Of("late.name", ("label", "x")), Labels.Of("explicit", ("a", "b")),
            ],
            store.Samples.Select(sample => sample.Labels));
    }

    [Fact]
    public async Task Text_that_ends_in_EOF_is_OpenMetrics_with_seconds()
    {
        const string Text = """
            # TYPE foo counter
            # UNIT foo_seconds seconds
            foo_total 17.0 1520879607.789
            foo_created 1520430000.123 1520879607
            bar_bucket{le="0.1"} 8 # {} 0.054
            bar_bucket{le="1"} 11 1520879607 # {trace_id="KOO5S4vxi0o",n="a\"b"} 0.67 1520879606.5
            info_info{version="1.2"} 1
            state{state="a"} 1
            # EOF
            """;
        foreach (var stream in (Stream[])[new MemoryStream(Encoding.UTF8.GetBytes(Text + "\n")), new TrickleStream(Text, 7)])
        {
            var store = new CollectedSamples();
            var report = await new TextImporter(new TextImportOptions(), Clock).ImportAsync(stream, store.WriteAsync, TestContext.Current.CancellationToken);
            Assert.Empty(report.Rejections);
            Assert.Empty(report.Warnings);
            Assert.Equal([1520879607789, 1520879607000, Now, 1520879607000, Now, Now], store.Samples.Select(sample => sample.Time));
            Assert.Equal(
                [
                    new Exemplar(store.Samples[2].Labels, Labels.Empty, 0.054, Now),
                    new Exemplar(store.Samples[3].Labels, Labels.From(new Label("trace_id", "KOO5S4vxi0o"), new Label("n", "a\"b")), 0.67, 1520879606500),
                ],
                store.Exemplars);
            Assert.Equal([new MetricMetadata("foo", "counter", "", ""), new MetricMetadata("foo_seconds", "unknown", "seconds", "")], store.Metadata);
        }
    }

    [Fact]
    public async Task The_same_timestamp_means_milliseconds_or_seconds_by_format()
    {
        Assert.Equal(1500, (await ImportAsync("a 1 1500", new TextImportOptions())).Store.Samples[0].Time);
        Assert.Equal(1_500_000, (await ImportAsync("a 1 1500\n# EOF\n\n", new TextImportOptions())).Store.Samples[0].Time);
        Assert.Equal(1500, (await ImportAsync("a 1 1500\n# EOF", new TextImportOptions { Format = TextFormat.Prometheus })).Store.Samples[0].Time);
        Assert.Equal(1500, (await ImportAsync("# EOF\na 1 1500", new TextImportOptions())).Store.Samples[0].Time);
        var (store, report) = await ImportAsync("a 1 1500", new TextImportOptions { Format = TextFormat.OpenMetrics });
        Assert.Equal(1_500_000, store.Samples[0].Time);
        Assert.Contains("cut short", Assert.Single(report.Warnings), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Seconds_with_a_fraction_keep_every_millisecond()
    {
        var text = new StringBuilder();
        for (int i = 0; i < 1000; i++) text.Append(null, $"a 1 {1520879607 + i * 77}.{i:000}\n");
        var (store, _) = await ImportAsync(text + "# EOF\n", new TextImportOptions());
        for (int i = 0; i < 1000; i++) Assert.Equal(1520879607000L + i * 77_000L + i, store.Samples[i].Time);
    }

    [Fact]
    public async Task A_long_stream_that_cannot_seek_is_judged_by_its_first_MiB()
    {
        string filler = string.Concat(Enumerable.Repeat("filler{a=\"bcdefghijklmnopqrstuvwxyz\"} 1\n", 40_000));
        foreach (var (head, expected) in ((string, long)[])[("# UNIT a seconds\n", 1_500_000), ("# TYPE a stateset\n", 1_500_000), ("# TYPE a gauge\n", 1500)])
        {
            var store = new CollectedSamples();
            await new TextImporter(new TextImportOptions(), Clock).ImportAsync(new TrickleStream(head + "a 1 1500\n" + filler + "# EOF\n", 60_000), store.WriteAsync, TestContext.Current.CancellationToken);
            Assert.Equal(expected, store.Samples[0].Time);
            Assert.Equal(40_001, store.Samples.Count);
        }
    }

    [Theory]
    [InlineData("a", 2, "no-value")]
    [InlineData("a ", 2, "no-value")]
    [InlineData("a{b=\"c\"}", 9, "no-value")]
    [InlineData("a x", 3, "bad-value")]
    [InlineData("a 1e400", 3, "bad-value")]
    [InlineData("a 1_0", 3, "bad-value")]
    [InlineData("a 0x1p3", 3, "bad-value")]
    [InlineData("a 1 2.5", 5, "bad-timestamp")]
    [InlineData("a 1 soon", 5, "bad-timestamp")]
    [InlineData("a 1 99999999999999999999", 5, "bad-timestamp")]
    [InlineData("a 1 2 3", 7, "trailing-text")]
    [InlineData("a 1 2 # x", 7, "trailing-text")]
    [InlineData("a 1 # {x=\"y\"}", 14, "bad-exemplar")]
    [InlineData("a 1 # {x=\"y\"} 1 2 3", 17, "bad-exemplar")]
    [InlineData("a 1 # {x} 1", 9, "bad-labels")]
    [InlineData("1a 1", 1, "bad-name")]
    [InlineData("a.b 1", 2, "bad-name")]
    [InlineData("ä 1", 1, "bad-name")]
    [InlineData("{b=\"c\"} 1", 1, "bad-name")]
    [InlineData("{} 1", 1, "bad-name")]
    [InlineData("{\"\"} 1", 2, "bad-name")]
    [InlineData("a{\"b\"} 1", 3, "duplicate-label")]
    [InlineData("a{__name__=\"b\"} 1", 3, "duplicate-label")]
    [InlineData("a{b=\"c\",b=\"d\"} 1", 9, "duplicate-label")]
    [InlineData("a{b=c} 1", 5, "bad-label-value")]
    [InlineData("a{b=\"c} 1", 5, "bad-label-value")]
    [InlineData("a{b=\"c\\\"} 1", 5, "bad-label-value")]
    [InlineData("a{b=\"c\\", 5, "bad-label-value")]
    [InlineData("a{b=\"c\"", 8, "bad-labels")]
    [InlineData("a{b=\"c\" d=\"e\"} 1", 9, "bad-labels")]
    [InlineData("a{b} 1", 4, "bad-labels")]
    [InlineData("a{,} 1", 3, "bad-label-name")]
    [InlineData("a{9b=\"c\"} 1", 3, "bad-label-name")]
    [InlineData("a{\"\"=\"c\"} 1", 3, "bad-label-name")]
    [InlineData("a 1 -1", 5, "timestamp-out-of-range")]
    [InlineData("a 1 1769990400000", 5, "timestamp-out-of-range")]
    public async Task A_bad_line_is_named_and_its_neighbours_are_kept(string line, int column, string code)
    {
        var (store, report) = await ImportAsync($"good 1\r\n{line}\r\ngood 2", new TextImportOptions());
        Assert.Equal([1.0, 2.0], store.Samples.Select(sample => sample.Value));
        var rejection = Assert.Single(report.Rejections);
        Assert.Equal((2L, column, code), (rejection.Line, rejection.Column, rejection.Code));
        Assert.Equal((2L, 1L, 1L), (report.Samples, report.Series, report.Rejected));
    }

    [Fact]
    public async Task Bytes_that_are_not_UTF_8_are_rejected()
    {
        byte[] text = [.. "a{b=\""u8, 0xFF, .. "\"} 1\ngood 1\na "u8, 0xC3, .. "\n"u8];
        var store = new CollectedSamples();
        var report = await new TextImporter(new TextImportOptions(), Clock).ImportAsync(new MemoryStream(text), store.WriteAsync, TestContext.Current.CancellationToken);
        Assert.Equal(["not-utf8", "bad-value"], report.Rejections.Select(rejection => rejection.Code));
        Assert.Single(store.Samples);
    }

    [Fact]
    public async Task Limits_on_labels_hold()
    {
        string many = string.Join(",", Enumerable.Range(0, 10_000).Select(i => $"l{i}=\"v\""));
        string text = $"a{{{many}}} 1\na{{b=\"{new string('x', 5000)}\"}} 1\na{{\"{new string('x', 2000)}\"=\"c\"}} 1\n{new string('n', 5000)} 1\na{{b=\"{new string('x', 4096)}\"}} 1\n";
        var (store, report) = await ImportAsync(text, new TextImportOptions());
        Assert.Equal(["too-many-labels", "text-too-large", "label-name-too-large", "name-too-large"], report.Rejections.Select(rejection => rejection.Code));
        Assert.Single(store.Samples);
    }

    [Fact]
    public async Task A_line_longer_than_the_limit_is_passed_over()
    {
        var options = new TextImportOptions { MaxLineBytes = 200_000 };
        foreach (int step in (int[])[1000, 1 << 20])
        {
            var store = new CollectedSamples();
            string text = $"good 1\nlong{{a=\"{new string('x', 1_000_000)}\"}} 1\ngood 2\n";
            var report = await new TextImporter(options with { Format = TextFormat.Prometheus }, Clock).ImportAsync(new TrickleStream(text, step), store.WriteAsync, TestContext.Current.CancellationToken);
            Assert.Equal([1.0, 2.0], store.Samples.Select(sample => sample.Value));
            Assert.Equal((2L, "line-too-long"), (Assert.Single(report.Rejections).Line, report.Rejections[0].Code));
        }
    }

    [Fact]
    public async Task Default_labels_do_not_replace_those_of_the_line()
    {
        var (store, _) = await ImportAsync("a 1\na{service=\"own\"} 2\n", new TextImportOptions { DefaultLabels = [new Label("service", "default")] });
        Assert.Equal([Labels.Of("a", ("service", "default")), Labels.Of("a", ("service", "own"))], store.Samples.Select(sample => sample.Labels));
    }

    [Fact]
    public async Task A_series_written_in_several_ways_is_one_series()
    {
        var (_, report) = await ImportAsync("a{b=\"c\",d=\"e\"} 1\na{d=\"e\", b=\"c\"} 2\n{\"a\",d=\"e\",b=\"c\"} 3\na {b=\"c\",d=\"e\"} 4\n", new TextImportOptions());
        Assert.Equal((4L, 1L), (report.Samples, report.Series));
    }

    [Fact]
    public async Task A_name_that_begins_another_is_another_series()
    {
        var (store, _) = await ImportAsync("ab 1\na 2\nab 3\na {x=\"y\"} 4\na{x=\"y\"} 5\na 6\nab{x=\"y\"} 7\n", new TextImportOptions());
        Assert.Equal(["ab", "a", "ab", "a", "a", "a", "ab"], store.Samples.Select(sample => sample.Labels.Name));
        Assert.Equal([1, 1, 1, 2, 2, 1, 2], store.Samples.Select(sample => sample.Labels.Count));
    }

    [Fact]
    public async Task Series_beyond_the_limit_are_rejected_and_known_ones_go_on()
    {
        var (store, report) = await ImportAsync("a 1\nb 1\nc 1\na 2\nb{} 2\n", new TextImportOptions { MaxSeries = 2 });
        Assert.Equal(["a", "b", "a", "b"], store.Samples.Select(sample => sample.Labels.Name));
        Assert.Equal("too-many-series", Assert.Single(report.Rejections).Code);
    }

    [Fact]
    public async Task Batches_are_full_and_the_stores_refusals_come_with_their_lines()
    {
        string text = string.Concat(Enumerable.Range(0, 1000).Select(i => $"# comment\nx {(i % 300 == 7 ? "bad" : i)}\n"));
        var store = new CollectedSamples(sample => sample.Value % 100 == 50 ? "too-old" : null);
        var report = await new TextImporter(new TextImportOptions { BatchSize = 256, MaxRejectionsListed = 5 }, Clock)
            .ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), store.WriteAsync, TestContext.Current.CancellationToken);
        Assert.Equal([256, 256, 256, 228], store.BatchSizes);
        Assert.Equal((986L, 14L), (report.Samples, report.Rejected));
        Assert.Equal([16L, 102, 302, 502, 616], report.Rejections.Select(rejection => rejection.Line));
    }

    [Fact]
    public async Task How_the_bytes_arrive_makes_no_difference()
    {
        string text = string.Concat(Enumerable.Range(0, 400).Select(i => $"m{{i=\"{i % 7}\",q=\"{{}}\\\"\"}} {i}\r\n{(i % 50 == 0 ? "broken{\r\n" : "")}\n"));
        var (whole, expected) = await ImportAsync(text, new TextImportOptions());
        foreach (int step in (int[])[1, 3, 64, 1000])
        {
            var store = new CollectedSamples();
            var report = await new TextImporter(new TextImportOptions(), Clock).ImportAsync(new TrickleStream(text, step), store.WriteAsync, TestContext.Current.CancellationToken);
            Assert.Equal(whole.Samples, store.Samples);
            Assert.Equal(expected.Rejections, report.Rejections);
        }
    }

    [Theory]
    [InlineData("application/openmetrics-text; version=1.0.0; charset=utf-8", TextFormat.OpenMetrics)]
    [InlineData("text/plain; version=0.0.4", TextFormat.Prometheus)]
    [InlineData("text/plain", TextFormat.Auto)]
    [InlineData(null, TextFormat.Auto)]
    public void A_content_type_names_the_format(string? contentType, TextFormat format) => Assert.Equal(format, TextImportOptions.FormatOf(contentType));

    private static async Task<(CollectedSamples Store, ImportReport Report)> ImportAsync(string text, TextImportOptions options)
    {
        var store = new CollectedSamples();
        var report = await new TextImporter(options, Clock).ImportAsync(new MemoryStream(Encoding.UTF8.GetBytes(text)), store.WriteAsync, TestContext.Current.CancellationToken);
        return (store, report);
    }
}
