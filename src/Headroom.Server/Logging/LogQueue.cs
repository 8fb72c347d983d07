using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Headroom.Server.Logging;

/// <summary>
/// Log lines on their way to a text writer, which is standard error unless a test says otherwise; standard output
/// belongs to what a command answers. A line is put into a bounded queue and written by a task of its own, so a request
/// never waits for whoever reads the log. A queue that is full drops lines, counts them, and says so when it can again.
/// </summary>
internal sealed class LogQueue : ILoggerProvider
{
    /// <summary>How long the end of the server waits for lines still in the queue.</summary>
    public static readonly TimeSpan LongestFlush = TimeSpan.FromSeconds(10);

    private const int LinesPerWrite = 256;

    private readonly TextWriter _output;
    private readonly LoggingSettings _settings;
    private readonly TimeProvider _time;
    private readonly LogSampler _sampler;
    private readonly Channel<LogEntry> _queue;
    private readonly int _reserved;
    private readonly Task _writing;
    private long _written;
    private long _dropped;
    private long _sampled;
    private long _droppedSaid;

    public LogQueue(TextWriter output, LoggingSettings settings, LogLevel minimum, TimeProvider time)
    {
        (_output, _settings, Minimum, _time) = (output, settings, minimum, time);
        _sampler = new LogSampler(settings.SampleAfter, settings.SampleKeep, time);
        _queue = Channel.CreateBounded<LogEntry>(new BoundedChannelOptions(settings.Queue) { SingleReader = true });
        // A flood of informational lines leaves room for the error that explains it.
        _reserved = settings.Queue - (settings.Queue / 4);
        _writing = Task.Run(WriteAsync);
    }

    /// <summary>Least severity that is written.</summary>
    public LogLevel Minimum { get; }

    /// <summary>Lines written, dropped because the queue was full, and left out by sampling.</summary>
    public (long Written, long Dropped, long Sampled) Lines => (Volatile.Read(ref _written), Volatile.Read(ref _dropped), Volatile.Read(ref _sampled));

    public ILogger CreateLogger(string categoryName) => new QueueLogger(this, categoryName);

    /// <summary>Takes no more lines and waits, a bounded time, until those it has are written.</summary>
    /// <returns>Whether all of them were.</returns>
    public async Task<bool> CloseAsync()
    {
        _queue.Writer.TryComplete();
        return await Task.WhenAny(_writing, Task.Delay(LongestFlush, _time)) == _writing;
    }

    public void Dispose() => _queue.Writer.TryComplete();

    private void Add<TState>(string category, LogLevel level, EventId id, TState state, Exception? error, Func<TState, Exception?, string> formatter)
    {
        long leftOut = 0;
        if (level <= LogLevel.Information && !_sampler.Takes(category, id.Id, out leftOut))
        {
            Interlocked.Increment(ref _sampled);
            return;
        }
        // The message is made here: its values may not outlive the request.
        var entry = new LogEntry(_time.GetUtcNow(), level, id.Id, category, formatter(state, error), error, Activity.Current?.TraceId.ToString(), FieldsOf(state), leftOut);
        if ((level < LogLevel.Warning && _queue.Reader.Count >= _reserved) || !_queue.Writer.TryWrite(entry)) Interlocked.Increment(ref _dropped);
    }

    private KeyValuePair<string, string>[]? FieldsOf<TState>(TState state)
    {
        if (_settings.Format != LogFormat.Json || state is not IReadOnlyList<KeyValuePair<string, object?>> values) return null;
        var fields = new List<KeyValuePair<string, string>>(values.Count);
        foreach (var (name, value) in values)
            if (name != "{OriginalFormat}")
                fields.Add(new(name, Convert.ToString(value, CultureInfo.InvariantCulture) ?? ""));
        return [.. fields];
    }

    private async Task WriteAsync()
    {
        var text = new StringBuilder();
        bool more = true;
        while (more)
        {
            // Once more after the end, for what was dropped last.
            more = await _queue.Reader.WaitToReadAsync();
            int lines = 0;
            while (lines < LinesPerWrite && _queue.Reader.TryRead(out var entry))
            {
                LogLines.Append(text, entry, _settings.Format);
                lines++;
            }
            if (Volatile.Read(ref _dropped) is var dropped && dropped > _droppedSaid)
            {
                LogLines.Append(text, Dropped(dropped - _droppedSaid), _settings.Format);
                _droppedSaid = dropped;
            }
            if (text.Length == 0) continue;
            try
            {
                await _output.WriteAsync(text.ToString());
                await _output.FlushAsync();
                Interlocked.Add(ref _written, lines);
            }
            catch (Exception error) when (error is IOException or ObjectDisposedException)
            {
                // Whoever read the log is gone; the server is not there for its log.
                Interlocked.Add(ref _dropped, lines);
                _droppedSaid = Volatile.Read(ref _dropped);
            }
            text.Clear();
        }
    }

    private LogEntry Dropped(long lines) => new(_time.GetUtcNow(), LogLevel.Warning, Log.LinesDroppedId, "Headroom.Server",
        $"{lines.ToString(CultureInfo.InvariantCulture)} log lines were dropped: they came faster than they could be written", null, null,
        [new("Lines", lines.ToString(CultureInfo.InvariantCulture))], 0);

    private sealed class QueueLogger(LogQueue queue, string category) : ILogger
    {
        private readonly LogLevel _minimum = category.StartsWith("Microsoft.", StringComparison.Ordinal) && queue.Minimum < LogLevel.Warning
            ? queue.Minimum == LogLevel.Trace ? LogLevel.Trace : LogLevel.Warning
            : queue.Minimum;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= _minimum && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) queue.Add(category, logLevel, eventId, state, exception, formatter);
        }
    }
}
