using System.Text;
using System.Text.Json;
using Headroom.Server.Logging;
using Headroom.TestKit;
using Microsoft.Extensions.Logging;

namespace Headroom.Server.Tests.Logging;

public sealed class LogQueueTests
{
    private readonly VirtualTimeProvider _time = new(RunningServer.Now);

    [Fact]
    public async Task A_log_that_nobody_reads_holds_up_no_one_and_says_what_it_dropped()
    {
        using var stuck = new StuckWriter();
        var queue = new LogQueue(stuck, new LoggingSettings { Queue = 16, SampleAfter = 1_000_000 }, LogLevel.Information, _time);
        var log = queue.CreateLogger("test");
        log.LogInformation(new EventId(1), "first");
        await stuck.Entered;
        // The writer stands still; the callers do not.
        for (int i = 0; i < 100; i++) log.LogInformation(new EventId(2), "line {Number}", i);
        Assert.Equal(100 - 12, queue.Lines.Dropped);
        // The last quarter is for what went wrong.
        log.LogError(new EventId(3), "the reason");
        Assert.Equal(100 - 12, queue.Lines.Dropped);
        stuck.Release();
        Assert.True(await queue.CloseAsync());
        string text = stuck.ToString();
        Assert.Contains("the reason", text);
        Assert.Contains("[1090] 88 log lines were dropped", text);
        Assert.Equal(14, queue.Lines.Written);
    }

    [Fact]
    public async Task The_end_waits_ten_seconds_for_a_log_and_no_longer()
    {
        using var stuck = new StuckWriter();
        var queue = new LogQueue(stuck, new LoggingSettings(), LogLevel.Information, _time);
        queue.CreateLogger("test").LogInformation("first");
        await stuck.Entered;
        var closing = queue.CloseAsync();
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(closing.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.False(await closing);
        stuck.Release();
    }

    [Fact]
    public async Task Repeated_information_is_sampled_and_warnings_and_errors_never_are()
    {
        var text = new StringWriter();
        var queue = new LogQueue(text, new LoggingSettings { SampleAfter = 10, SampleKeep = 0.1, Queue = 100_000 }, LogLevel.Information, _time);
        var log = queue.CreateLogger("test");
        for (int i = 0; i < 110; i++)
        {
            log.LogInformation(new EventId(1), "again");
            log.LogWarning(new EventId(2), "beware");
            log.LogError(new EventId(3), "broken");
        }
        log.LogInformation(new EventId(4), "once");
        _time.Advance(TimeSpan.FromSeconds(1));
        log.LogInformation(new EventId(1), "again");
        Assert.True(await queue.CloseAsync());
        string[] lines = text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int Count(string word) => lines.Count(l => l.Contains(word, StringComparison.Ordinal));
        // Ten in full, a tenth of the hundred after them, and the first of the next second.
        Assert.Equal(10 + 10 + 1, Count("again"));
        Assert.Equal((110, 110, 1), (Count("beware"), Count("broken"), Count("once")));
        Assert.Equal(90, queue.Lines.Sampled);
        Assert.Equal(90, lines.Where(l => l.Contains("like it)")).Sum(l => int.Parse(l.Split("(and ")[1].Split(' ')[0])));
    }

    [Fact]
    public async Task A_line_of_json_is_one_object_whatever_a_client_sent()
    {
        var text = new StringWriter();
        var queue = new LogQueue(text, new LoggingSettings { Format = LogFormat.Json }, LogLevel.Information, _time);
        queue.CreateLogger("Headroom.Server").LogWarning(new EventId(7), new IOException("bad\ndisk"), "{Path} says \"{What}\"", "/a\nb", "<no>");
        await queue.CloseAsync();
        var line = JsonDocument.Parse(Assert.Single(text.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))).RootElement;
        Assert.Equal("2026-03-01T12:00:00.000Z", line.GetProperty("time").GetString());
        Assert.Equal("warn", line.GetProperty("level").GetString());
        Assert.Equal(7, line.GetProperty("event").GetInt32());
        Assert.Equal("/a\nb says \"<no>\"", line.GetProperty("message").GetString());
        Assert.Equal("<no>", line.GetProperty("fields").GetProperty("What").GetString());
        Assert.StartsWith("System.IO.IOException: bad", line.GetProperty("error").GetString());
    }

    [Fact]
    public async Task A_line_of_text_is_one_line_whatever_a_client_sent()
    {
        var text = new StringWriter();
        var queue = new LogQueue(text, new LoggingSettings(), LogLevel.Information, _time);
        queue.CreateLogger("test").LogInformation(new EventId(7), "{Path}", "/a\n2026-03-01 error all is lost\r\n");
        await queue.CloseAsync();
        Assert.Single(text.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task What_became_of_the_lines_is_a_metric()
    {
        await using var server = await RunningServer.StartAsync();
        Assert.Matches("""headroom_log_lines_total\{outcome="written"\} \d""", (await server.GetAsync("/metrics")).Body);
        Assert.Contains("""headroom_log_lines_total{outcome="dropped"} 0""", (await server.GetAsync("/metrics")).Body);
    }

    /// <summary>A pipe that nobody reads: the first write waits until it is released.</summary>
    private sealed class StuckWriter : StringWriter
    {
        private readonly TaskCompletionSource _entered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _release = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Entered => _entered.Task;

        public void Release() => _release.TrySetResult();

        public override Encoding Encoding => Encoding.UTF8;

        public override async Task WriteAsync(string? value)
        {
            _entered.TrySetResult();
            await _release.Task;
            Write(value);
        }
    }
}
