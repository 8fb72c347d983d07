using Headroom.Resilience.Tuning;

namespace Headroom.Resilience.Tests.Tuning;

public sealed class FailureHistoryReaderTests
{
    private static readonly DateTimeOffset s_noon = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Csv_is_read_whatever_the_order_of_its_columns()
    {
        FailureHistory history = Read(""""
            duration,Outcome,route,time
            0.25,ok,"/a, ""b""",2026-03-01T12:00:00Z
            250ms,fail,/c,2026-03-01T14:00:01+02:00
            ,slow,/d,2026-03-01T12:00:02
            """");
        Assert.Equal(
            [
                new RecordedCall(s_noon, RecordedOutcome.Ok, TimeSpan.FromMilliseconds(250)),
                new RecordedCall(s_noon.AddSeconds(1), RecordedOutcome.Fail, TimeSpan.FromMilliseconds(250)),
                new RecordedCall(s_noon.AddSeconds(2), RecordedOutcome.Slow, TimeSpan.Zero),
            ],
            history.Calls);
    }

    [Fact]
    public void Json_lines_are_read_with_numbers_or_texts()
    {
        long seconds = s_noon.ToUnixTimeSeconds();
        FailureHistory history = Read($$"""
            {"time":{{seconds}}.5,"outcome":"timeout","duration":30,"extra":{"a":1} }

            {"time":"{{seconds}}000","outcome":503,"duration":"1500us"}
            {"time":{{seconds}}001,"outcome":404,"duration":null}
            """);
        Assert.Equal(
            [
                new RecordedCall(s_noon, RecordedOutcome.Fail, TimeSpan.FromMicroseconds(1500)),
                new RecordedCall(s_noon.AddMilliseconds(1), RecordedOutcome.Ok, TimeSpan.Zero),
                new RecordedCall(s_noon.AddMilliseconds(500), RecordedOutcome.Fail, TimeSpan.FromSeconds(30)),
            ],
            history.Calls);
    }

    [Fact]
    public void A_byte_order_mark_and_windows_line_ends_do_no_harm() =>
        Assert.Single(Read("\uFEFFtime,outcome\r\n2026-03-01T12:00:00Z,ok\r\n").Calls);

    [Theory]
    [InlineData("time,outcome\nyesterday,ok", 2, "time 'yesterday'")]
    [InlineData("time,outcome\n1,fine", 2, "outcome 'fine'")]
    [InlineData("time,outcome,duration\n1,ok,2 weeks", 2, "duration '2 weeks'")]
    [InlineData("time,outcome,duration\n1,ok,-1", 2, "duration '-1'")]
    [InlineData("time,outcome\n1", 2, "1 fields")]
    [InlineData("when,outcome\n1,ok", 1, "no column 'time'")]
    [InlineData("{\"time\":1,\"outcome\":\"ok\"}\n[1]", 2, "not a JSON object")]
    [InlineData("{\"time\":1,\"outcome\":\"ok\"}\n{oops", 2, "not JSON")]
    [InlineData("time,outcome\n1e300,ok", 2, "time '1e300'")]
    [InlineData("time,outcome\nNaN,ok", 2, "time 'NaN'")]
    public void A_line_that_cannot_be_understood_is_named(string text, int line, string what)
    {
        HistoryError error = Assert.Single(FailureHistoryReader.Read(new StringReader(text)).Errors);
        Assert.Equal(line, error.Line);
        Assert.Contains(what, error.What, StringComparison.Ordinal);
    }

    [Fact]
    public void At_most_twenty_errors_are_listed() =>
        Assert.Equal(20, FailureHistoryReader.Read(new StringReader("time,outcome\n" + string.Concat(Enumerable.Repeat("x,ok\n", 1000)))).Errors.Count);

    [Fact]
    public void Any_text_is_read_without_an_exception()
    {
        var random = new Random(5);
        const string alphabet = "time,outcome\n\"{}:0123456789ok.-eEfailslow\r \\[]";
        for (int i = 0; i < 3000; i++)
        {
            string prefix = (i % 3) switch { 0 => "time,outcome,duration\n", 1 => "{\"time\":1,\"outcome\":\"ok\"}\n", _ => "" };
            string text = prefix + new string([.. Enumerable.Range(0, random.Next(0, 80)).Select(_ => alphabet[random.Next(alphabet.Length)])]);
            HistoryReading reading = FailureHistoryReader.Read(new StringReader(text));
            Assert.All(reading.Errors, error => Assert.True(error.Line > 0 && error.What.Length > 0));
        }
    }

    [Fact]
    public void The_last_hours_can_be_taken_alone()
    {
        FailureHistory history = Read("time,outcome\n2026-03-01T12:00:00Z,ok\n2026-03-02T11:59:59Z,ok\n2026-03-02T12:00:01Z,fail");
        Assert.Equal(2, history.Last(TimeSpan.FromHours(24)).Calls.Count);
    }

    private static FailureHistory Read(string text)
    {
        HistoryReading reading = FailureHistoryReader.Read(new StringReader(text));
        Assert.Empty(reading.Errors);
        return reading.History;
    }
}
