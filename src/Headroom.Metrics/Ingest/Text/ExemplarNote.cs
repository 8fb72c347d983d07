using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Headroom.Metrics.Ingest.Text;

/// <summary>An exemplar as the note of its sample.</summary>
internal static class ExemplarNote
{
    /// <summary>The note; values that JSON has no number for are written as text.</summary>
    public static SampleNote Of(List<Label> labels, double value, long? milliseconds)
    {
        var buffer = new ArrayBufferWriter<byte>(128);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("exemplar");
            json.WriteStartObject("labels");
            foreach (var label in labels) json.WriteString(label.Name, label.Value);
            json.WriteEndObject();
            if (double.IsFinite(value)) json.WriteNumber("value", value);
            else json.WriteString("value", double.IsNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf");
            if (milliseconds is { } time) json.WriteNumber("timestamp", time);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        return new SampleNote(Encoding.UTF8.GetString(buffer.WrittenSpan), null, null);
    }
}
