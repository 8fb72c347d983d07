using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Headroom.Cli.Histories;

/// <summary>JSON objects, one a line, to a stream.</summary>
internal sealed class JsonLines(Stream output) : IDisposable
{
    private readonly MemoryStream _line = new();

    /// <summary>Writes one object, begun and ended by <paramref name="write"/>.</summary>
    public void Write(Action<Utf8JsonWriter> write)
    {
        _line.SetLength(0);
        using (var json = new Utf8JsonWriter(_line, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })) write(json);
        _line.WriteByte((byte)'\n');
        _line.Position = 0;
        _line.CopyTo(output);
    }

    /// <summary>A number, or null where none exists.</summary>
    public static void Number(Utf8JsonWriter json, string name, double value)
    {
        if (double.IsFinite(value)) json.WriteNumber(name, value);
        else json.WriteNull(name);
    }

    /// <summary>An instant in RFC 3339, or null.</summary>
    public static void Time(Utf8JsonWriter json, string name, long? milliseconds)
    {
        if (milliseconds is { } at) json.WriteString(name, Text(at));
        else json.WriteNull(name);
    }

    /// <summary>An instant in RFC 3339, with milliseconds only where there are some.</summary>
    public static string Text(long milliseconds) =>
        DateTimeOffset.FromUnixTimeMilliseconds(milliseconds).UtcDateTime.ToString(milliseconds % 1000 == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public void Dispose()
    {
        output.Flush();
        _line.Dispose();
    }
}
