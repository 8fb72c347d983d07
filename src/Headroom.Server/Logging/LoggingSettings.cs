using Headroom.Configuration.Sections;
using Microsoft.Extensions.Logging;

namespace Headroom.Server.Logging;

/// <summary>How log lines are written. They go to standard error, from a bounded queue that no request waits for.</summary>
public sealed record LoggingSettings
{
    /// <summary>How a line looks.</summary>
    public LogFormat Format { get; init; } = LogFormat.Text;

    /// <summary>Least severity written; null leaves it to the command line.</summary>
    public LogLevel? Level { get; init; }

    /// <summary>Lines that may wait to be written; 8,192 by default. The last quarter is kept for warnings and errors.</summary>
    public int Queue { get; init; } = 8_192;

    /// <summary>Informational lines of one kind written in full each second, before sampling begins; 100 by default.</summary>
    public int SampleAfter { get; init; } = 100;

    /// <summary>Which part of the lines beyond that is kept, from 0 to 1; 0.1 by default. Warnings and errors always are.</summary>
    public double SampleKeep { get; init; } = 0.1;

    internal static Shape<LoggingSettings> Shape { get; } = Declare();

    private static ObjectShape<LoggingSettings> Declare()
    {
        var standard = new LoggingSettings();
        var format = Property.Optional("format", "How a line looks. Default: text.",
            Shapes.Choice(("text", LogFormat.Text, "Time, severity, event and message."), ("json", LogFormat.Json, "One JSON object a line.")), standard.Format);
        var level = Property.Optional("level", "Least severity written. Default: info; --verbose says debug.",
            Shapes.Choice<LogLevel?>(("debug", LogLevel.Debug, "Everything."), ("info", LogLevel.Information, "What an operator may want to know."),
                ("warn", LogLevel.Warning, "What deserves a look."), ("error", LogLevel.Error, "What failed.")), null);
        var queue = Property.Optional("queue", "Lines that may wait to be written; beyond it they are dropped and counted. Default: 8192.", Shapes.Number(minimum: 16, maximum: 1_000_000), standard.Queue);
        var after = Property.Optional("sampleAfter", "Informational lines of one kind written in full each second, before sampling begins. Default: 100.", Shapes.Number(minimum: 1, maximum: 1_000_000), standard.SampleAfter);
        var keep = Property.Optional("sampleKeep", "Share of the lines beyond that which is kept; warnings and errors always are. Default: 10%.", Shapes.Percent(), standard.SampleKeep);
        return new ObjectShape<LoggingSettings>("Its log lines.", [format, level, queue, after, keep], f => new LoggingSettings
        {
            Format = f.Get(format),
            Level = f.Get(level),
            Queue = (int)f.Get(queue),
            SampleAfter = (int)f.Get(after),
            SampleKeep = f.Get(keep),
        });
    }
}

/// <summary>The forms of a log line.</summary>
public enum LogFormat
{
    /// <summary>For people.</summary>
    Text,

    /// <summary>One JSON object a line, for machines.</summary>
    Json,
}
