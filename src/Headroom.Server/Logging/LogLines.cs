using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Headroom.Server.Logging;

/// <summary>The two forms of a line.</summary>
internal static class LogLines
{
    private static readonly JsonWriterOptions Json = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static void Append(StringBuilder text, LogEntry entry, LogFormat format)
    {
        if (format == LogFormat.Json) AppendJson(text, entry);
        else AppendText(text, entry);
    }

    private static void AppendText(StringBuilder line, LogEntry entry)
    {
        line.Append(Instant(entry.Time)).Append(entry.Level switch
        {
            LogLevel.Trace => " trace ",
            LogLevel.Debug => " debug ",
            LogLevel.Information => " info  ",
            LogLevel.Warning => " warn  ",
            LogLevel.Error => " error ",
            _ => " fatal ",
        });
        if (entry.Id != 0) line.Append('[').Append(entry.Id).Append("] ");
        else line.Append(entry.Category).Append(": ");
        // A log line is one line: what a client sent must not be able to write a second one.
        line.Append(entry.Message.ReplaceLineEndings(" "));
        if (entry.LeftOut > 0) line.Append(CultureInfo.InvariantCulture, $" (and {entry.LeftOut} like it)");
        if (entry.Error is not null) line.AppendLine().Append(entry.Error);
        line.AppendLine();
    }

    private static void AppendJson(StringBuilder line, LogEntry entry)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Json))
        {
            json.WriteStartObject();
            json.WriteString("time", Instant(entry.Time));
            json.WriteString("level", entry.Level switch
            {
                LogLevel.Trace => "trace",
                LogLevel.Debug => "debug",
                LogLevel.Information => "info",
                LogLevel.Warning => "warn",
                LogLevel.Error => "error",
                _ => "fatal",
            });
            if (entry.Id != 0) json.WriteNumber("event", entry.Id);
            json.WriteString("category", entry.Category);
            json.WriteString("message", entry.Message);
            if (entry.TraceId is not null) json.WriteString("traceId", entry.TraceId);
            if (entry.LeftOut > 0) json.WriteNumber("leftOut", entry.LeftOut);
            if (entry.Fields is { Length: > 0 })
            {
                json.WriteStartObject("fields");
                foreach (var (name, value) in entry.Fields) json.WriteString(name, value);
                json.WriteEndObject();
            }
            if (entry.Error is not null) json.WriteString("error", entry.Error.ToString());
            json.WriteEndObject();
        }
        line.Append(Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length)).AppendLine();
    }

    private static string Instant(DateTimeOffset at) => at.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
