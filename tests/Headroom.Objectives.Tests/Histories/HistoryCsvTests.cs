using Headroom.Configuration.Diagnostics;
using Headroom.Objectives.Histories;

namespace Headroom.Objectives.Tests.Histories;

public sealed class HistoryCsvTests
{
    private const long Day = 86_400_000;
    private const long NewYear = 1_767_225_600_000;

    public static TheoryData<string, string> TwoDays => new()
    {
        { "header", "timestamp,value\n2026-01-01T00:00:00Z,1.5\n2026-01-02T00:00:00Z,2.5\n" },
        { "no header", "2026-01-01T00:00:00Z,1.5\n2026-01-02T00:00:00Z,2.5" },
        { "blank between date and time", "timestamp,value\n2026-01-01 00:00:00,1.5\n2026-01-02 00:00:00.000,2.5\n" },
        { "an offset", "time;value\n2026-01-01T02:00:00+02:00;1.5\n2026-01-02T00:00:00Z;2.5\n" },
        { "decimal commas", "zeit;wert\n2026-01-01;1,5\n2026-01-02;2,5\n" },
        { "Unix seconds", "1767225600\t1.5\n1767312000\t2.5\n" },
        { "Unix milliseconds", "ts,value\n1767225600000,1.5\n1767312000000,2.5\n" },
        { "unsorted", "timestamp,value\n2026-01-02,2.5\n2026-01-01,1.5\n" },
        { "quotes and CRLF", "\"timestamp\",\"value\"\r\n\"2026-01-01\",\"1.5\"\r\n\"2026-01-02\",\"2.5\"\r\n" },
        { "byte order mark and a comment", "\uFEFF# measured by hand\ntimestamp,value\n2026-01-01,1.5\n2026-01-02,2.5\n" },
        { "value first", "value,date\n1.5,2026-01-01\n2.5,2026-01-02\n" },
        { "value among several", "date,host,cpu,value\n2026-01-01,a,7,1.5\n2026-01-02,a,8,2.5\n" },
        { "text among several", "date,host,cpu\n2026-01-01,a,1.5\n2026-01-02,a,2.5\n" },
    };

    [Theory, MemberData(nameof(TwoDays))]
    public void The_same_two_days_are_read_from_every_form(string form, string text)
    {
        Assert.NotNull(form);
        var history = HistoryCsv.Read(new StringReader(text));
        Assert.Equal([1.5, 2.5], history.Values);
        Assert.Equal([NewYear, NewYear + Day], history.Times!);
        Assert.Equal(Day, history.Step);
    }

    [Theory]
    [InlineData("1\n2\n3\n")]
    [InlineData("value\n1\n2\n3\n")]
    [InlineData("index,value\n0,1\n1,2\n2,3\n")]
    [InlineData("17,1\n18,2\n19,3\n")]
    public void Values_alone_or_counted_have_no_times(string text)
    {
        var history = HistoryCsv.Read(new StringReader(text));
        Assert.Equal([1, 2, 3], history.Values);
        Assert.Null(history.Times);
        Assert.Equal(0, history.Step);
    }

    [Fact]
    public void What_is_no_number_is_a_gap_and_keeps_its_row()
    {
        var history = HistoryCsv.Read(new StringReader("timestamp,value\n2026-01-01,1\n2026-01-02,\n2026-01-03,NaN\n2026-01-04,inf\n2026-01-05,abc\n2026-01-06\n2026-01-07,2\n"));
        Assert.Equal([1, double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, 2], history.Values);
        Assert.Equal([1, double.NaN, 3], HistoryCsv.Read(new StringReader("1\n\n3\n\n")).Values);
    }

    [Fact]
    public void Duplicates_stay_and_rows_without_a_time_stay_where_they_stood()
    {
        var history = HistoryCsv.Read(new StringReader("timestamp,value\n2026-01-01,1\n2026-01-01,2\nnever,3\n2026-01-02,4\n"));
        Assert.Equal([1, 2, 3, 4], history.Values);
        Assert.Equal([NewYear, NewYear, NewYear, NewYear + Day], history.Times!);
    }

    [Fact]
    public void A_column_is_named_or_counted_and_a_missing_one_is_told()
    {
        const string text = "date,cpu,memory\n2026-01-01,1,10\n2026-01-02,2,20\n";
        Assert.Equal([10, 20], HistoryCsv.Read(new StringReader(text), "Memory").Values);
        Assert.Equal([1, 2], HistoryCsv.Read(new StringReader(text), "2").Values);
        var error = Assert.Throws<ProblemException>(() => HistoryCsv.Read(new StringReader(text), "disk"));
        Assert.Contains("date, cpu, memory", error.Problems[0].Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("\n\n", 0)]
    [InlineData("timestamp,value\n", 0)]
    [InlineData("2026-01-01,3\n", 1)]
    public void Few_rows_are_few_points(string text, int points) => Assert.Equal(points, HistoryCsv.Read(new StringReader(text)).Values.Length);

    [Fact]
    public void Missing_rows_are_gaps_on_the_grid()
    {
        var history = new History([1, 2, 5, 6, 7], [0, 10, 40, 50, 60]);
        var (values, points) = history.OnGrid();
        Assert.Equal([1, 2, double.NaN, double.NaN, 5, 6, 7], values);
        Assert.Equal([0, 1, 2, 2, 2, 3, 4], points);
    }

    [Theory]
    [InlineData(3_600_000L, new[] { 24, 168 })]
    [InlineData(300_000L, new[] { 288, 2016 })]
    [InlineData(86_400_000L, new[] { 7 })]
    [InlineData(30 * 86_400_000L, new[] { 12 })]
    [InlineData(12_345L, new int[0])]
    public void The_step_suggests_seasons(long step, int[] periods) => Assert.Equal(periods, new History([1, 2, 3], [0, step, 2 * step]).LikelyPeriods);

    [Fact]
    public void No_text_breaks_the_reader()
    {
        var random = new Random(12);
        const string letters = "0123456789.,;\t\"-:TZ e+NaN\n\r#x\uFEFF";
        for (int round = 0; round < 3_000; round++)
        {
            string text = string.Concat(Enumerable.Range(0, random.Next(0, 120)).Select(_ => letters[random.Next(letters.Length)]));
            var history = HistoryCsv.Read(new StringReader(text));
            Assert.True(history.Times is null || history.Times.Length == history.Values.Length);
            Assert.Equal(history.Times?.Order(), history.Times);
            history.OnGrid();
        }
    }
}
