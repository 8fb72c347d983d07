using System.Globalization;
using System.Text;
using System.Text.Json;
using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Resilience;

public sealed class ResilienceTuneTests : IDisposable
{
    private readonly HeadroomRun _run = new();

    [Fact]
    public async Task A_dependency_that_hiccups_gets_higher_thresholds_and_the_table_says_why()
    {
        _run.Write("calls.csv", Hiccups());
        var outcome = await _run.SucceedAsync("resilience", "tune", "--history", "calls.csv");
        Assert.Contains("Changed: ", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("false openings", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("Trade-offs", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_recommended_options_can_be_given_back_as_the_current_ones()
    {
        _run.Write("calls.csv", Hiccups());
        JsonElement first = (await _run.SucceedAsync("resilience", "tune", "--history", "calls.csv", "--output", "json")).Json;
        Assert.True(first.GetProperty("changed").GetBoolean());
        Assert.True(first.GetProperty("current").GetProperty("score").GetProperty("falseOpenings").GetInt32() > 20);
        Assert.True(first.GetProperty("recommended").GetProperty("lowTrafficFailures").GetInt32() > 4);

        _run.Write("options.json", first.GetProperty("recommended").GetRawText());
        JsonElement second = (await _run.SucceedAsync("resilience", "tune", "--history", "calls.csv", "--current", "options.json", "--output", "json")).Json;
        Assert.False(second.GetProperty("changed").GetBoolean());
    }

    [Fact]
    public async Task Json_lines_on_standard_input_do_too()
    {
        string lines = string.Concat(Enumerable.Range(0, 1000).Select(i => $$"""{"time":{{1_767_225_600 + i}},"outcome":"ok","duration":0.02}""" + "\n"));
        var outcome = await _run.RunWithInputAsync(lines, "resilience", "tune", "--history", "-", "--output", "json");
        Assert.Equal(0, outcome.ExitCode);
        Assert.False(outcome.Json.GetProperty("changed").GetBoolean());
    }

    [Fact]
    public async Task Lines_that_cannot_be_understood_are_named_with_file_and_number()
    {
        _run.Write("calls.csv", "time,outcome\n2026-01-01T00:00:00Z,ok\nnever,ok\n2026-01-01T00:00:00Z,perhaps\n");
        var outcome = await _run.RunAsync("resilience", "tune", "--history", "calls.csv");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("calls.csv:3", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("calls.csv:4", outcome.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_history_too_short_for_a_verdict_exits_98()
    {
        _run.Write("calls.csv", "time,outcome\n2026-01-01T00:00:00Z,ok\n");
        var outcome = await _run.RunAsync("resilience", "tune", "--history", "calls.csv");
        Assert.Equal(98, outcome.ExitCode);
        Assert.Contains("holds 1 calls", outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"noSuchOption\":1}", "noSuchOption")]
    [InlineData("{\"failureRatio\":7}", "FailureRatio is 7")]
    [InlineData("{\"breakSeconds\":1e30}", "options.json")]
    public async Task Options_that_cannot_be_used_are_usage_errors(string json, string says)
    {
        _run.Write("calls.csv", "time,outcome\n");
        _run.Write("options.json", json);
        var outcome = await _run.RunAsync("resilience", "tune", "--history", "calls.csv", "--current", "options.json");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains(says, outcome.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--history", "missing.csv")]
    [InlineData("--history", "calls.csv", "--last", "soon")]
    [InlineData("--history", "calls.csv", "--blocks", "1")]
    public async Task Other_wrong_input_is_a_usage_error_too(params string[] arguments)
    {
        _run.Write("calls.csv", "time,outcome\n");
        Assert.Equal(2, (await _run.RunAsync(["resilience", "tune", .. arguments])).ExitCode);
    }

    public void Dispose() => _run.Dispose();

    // Five calls a second for an hour; each minute four of them fail in a row.
    private static string Hiccups()
    {
        var csv = new StringBuilder("time,outcome,duration\n");
        var at = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (int i = 0; i < 18_000; i++)
        {
            bool fails = i % 300 is >= 100 and < 104;
            csv.Append(CultureInfo.InvariantCulture, $"{at.AddSeconds(i * 0.2):yyyy-MM-dd'T'HH:mm:ss.fff'Z'},{(fails ? "fail" : "ok")},0.03\n");
        }

        return csv.ToString();
    }
}
