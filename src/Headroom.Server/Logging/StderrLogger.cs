using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace Headroom.Server.Logging;

/// <summary>
/// One line per event on a text writer, which is standard error unless a test says otherwise; standard output belongs
/// to what a command answers.
/// </summary>
internal sealed class StderrLoggerProvider(TextWriter output, LogLevel minimum, TimeProvider time) : ILoggerProvider
{
    private readonly Lock _lock = new();

    public ILogger CreateLogger(string categoryName) => new StderrLogger(this, categoryName);

    public void Dispose() { }

    private void Write(LogLevel level, EventId id, string category, string message, Exception? error)
    {
        var line = new StringBuilder(message.Length + 80)
            .Append(time.GetUtcNow().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture))
            .Append(level switch
            {
                LogLevel.Trace => " trace ",
                LogLevel.Debug => " debug ",
                LogLevel.Information => " info  ",
                LogLevel.Warning => " warn  ",
                LogLevel.Error => " error ",
                _ => " fatal ",
            });
        if (id.Id != 0) line.Append('[').Append(id.Id).Append("] ");
        else line.Append(category).Append(": ");
        // A log line is one line: what a client sent must not be able to write a second one.
        line.Append(message.ReplaceLineEndings(" "));
        if (error is not null) line.AppendLine().Append(error);
        line.AppendLine();
        lock (_lock) output.Write(line.ToString());
    }

    private sealed class StderrLogger(StderrLoggerProvider provider, string category) : ILogger
    {
        private readonly LogLevel _minimum = category.StartsWith("Microsoft.", StringComparison.Ordinal) && provider.Minimum < LogLevel.Warning
            ? provider.Minimum == LogLevel.Trace ? LogLevel.Trace : LogLevel.Warning
            : provider.Minimum;

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= _minimum && logLevel != LogLevel.None;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel)) provider.Write(logLevel, eventId, category, formatter(state, exception), exception);
        }
    }

    private LogLevel Minimum => minimum;
}
