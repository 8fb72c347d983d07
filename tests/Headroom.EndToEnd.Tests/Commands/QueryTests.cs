using System.Text.Json;
using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Commands;

public sealed class QueryTests
{
    private const string Text = """
        up{service="api"} 1 1700000000000
        up{service="api"} 0 1700000060000
        up{service="web"} 1 1700000060000

        """;

    [Fact]
    public async Task Files_are_queried_in_memory_and_no_data_directory_appears()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("m.prom", Text);
        var query = await headroom.SucceedAsync("query", "sum(up)", "--input", "m.prom", "--output", "json");
        Assert.Equal("""{"resultType":"vector","result":[{"metric":{},"value":[1700000060,"1"]}]}""", query.Output.Trim());
        Assert.False(Directory.Exists(headroom.Data));
    }

    [Fact]
    public async Task A_batch_answers_line_by_line_and_never_stops_at_a_bad_one()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("m.prom", Text);
        string batch = headroom.Write("batch.jsonl", """
            {"query":"up{service=\"api\"}","time":1700000000}
            {"query":"sum(","time":1700000000}
            not json
            {"query":"up{service=\"api\"}","start":1700000000,"end":1700000060,"step":60}
            {"query":"up","start":1700000060,"end":1700000000,"step":60}
            {"time":1}
            {"query":"1+1","time":1700000000.5}
            """);
        var outcome = await headroom.SucceedAsync("query", "--batch", batch, "--input", "m.prom");
        var lines = outcome.Lines.Select(l => JsonDocument.Parse(l).RootElement).ToArray();
        Assert.Equal(7, lines.Length);
        Assert.Equal("1", lines[0].GetProperty("data").GetProperty("result")[0].GetProperty("value")[1].GetString());
        Assert.Contains("1:5: parse error", lines[1].GetProperty("error").GetString());
        Assert.Contains("not JSON", lines[2].GetProperty("error").GetString());
        Assert.Equal("""[[1700000000,"1"],[1700000060,"0"]]""", lines[3].GetProperty("data").GetProperty("result")[0].GetProperty("values").GetRawText());
        Assert.True(lines[4].TryGetProperty("error", out _));
        Assert.True(lines[5].TryGetProperty("error", out _));
        Assert.Equal("""[1700000000.500,"2"]""", lines[6].GetProperty("data").GetProperty("result").GetRawText());
    }

    [Fact]
    public async Task The_store_and_a_file_give_the_same_answers()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("m.prom", Text);
        await headroom.SucceedAsync("import", "openmetrics", "m.prom");
        string[] lines = ["""{"query":"up","time":1700000060}""", """{"query":"rate(up[5m])","start":1700000000,"end":1700000120,"step":"30s"}""", """{"query":"nothing","time":1}""", """{"query":"up{","time":1}"""];
        var stored = await headroom.RunWithInputAsync(string.Join('\n', lines), "query", "--batch", "-");
        var memory = await headroom.RunWithInputAsync(string.Join('\n', lines), "query", "--batch", "-", "--input", "m.prom");
        Assert.Equal(memory.Output, stored.Output);
        Assert.Equal(4, stored.Lines.Length);
    }

    [Fact]
    public async Task A_range_is_drawn_as_a_table_or_a_chart()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("m.prom", Text);
        string[] range = ["query", "up", "--input", "m.prom", "--start", "2023-11-14T22:13:20Z", "--end", "2023-11-14T22:14:20Z", "--step", "30s", "--output"];
        Assert.Contains("2023-11-14T22:13:50Z", (await headroom.SucceedAsync([.. range, "table"])).Output);
        Assert.NotEmpty((await headroom.SucceedAsync([.. range, "chart"])).Output);
    }

    [Theory]
    [InlineData(2, "an expression is missing", "query")]
    [InlineData(2, "1:5: parse error", "query", "sum(", "--input", "m.prom")]
    [InlineData(2, "1:5: parse error", "query", "sum(")]
    [InlineData(2, "is no time", "query", "up", "--at", "yesterday")]
    [InlineData(2, "a range needs --start", "query", "up", "--step", "5m")]
    [InlineData(2, "no step", "query", "up", "--start", "now-1h", "--step", "often")]
    [InlineData(2, "not.prom", "query", "up", "--input", "not.prom")]
    [InlineData(2, "--inptu", "query", "up", "--inptu", "m.prom")]
    [InlineData(2, "Did you mean 'headroom query'", "qeury", "up")]
    [InlineData(1, "many-to-many", "query", "up * on(nothing) up", "--input", "m.prom")]
    public async Task A_wrong_line_is_told_with_its_exit_code(int exit, string said, params string[] arguments)
    {
        using var headroom = new HeadroomRun();
        headroom.Write("m.prom", Text);
        var outcome = await headroom.RunAsync(arguments);
        Assert.Equal(exit, outcome.ExitCode);
        Assert.StartsWith("error: ", outcome.Error);
        Assert.Contains(said, outcome.Error);
        Assert.DoesNotContain("   at Headroom", outcome.Error);
        Assert.Empty(outcome.Output);
    }
}
