using System.Globalization;
using System.Text;
using System.Text.Json;
using Headroom.Objectives.Alarms;
using Headroom.Objectives.Alarms.Notifications;

namespace Headroom.Server.Alarms;

/// <summary>What actions get: one JSON object, stable and camelCase.</summary>
internal static class NotificationJson
{
    private const int MostAlarms = 100;

    // It is sent as JSON and never embedded in HTML: a bound may read "> 0.5".
    private static readonly JsonWriterOptions Readable = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string Write(Notification notification, string id, string project, DateTimeOffset at)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Readable))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 1);
            json.WriteString("id", id);
            json.WriteString("project", project);
            json.WriteString("at", Text(at));
            json.WriteString("group", notification.Group);
            json.WriteString("state", AlarmStates.WordOf(notification.Alarms.Count == 0 ? AlarmState.Ok : notification.Alarms.Max(a => a.State)));
            json.WriteBoolean("repeat", notification.Repeat);
            json.WriteStartArray("alarms");
            foreach (var alarm in notification.Alarms.Take(MostAlarms)) Write(json, alarm);
            json.WriteEndArray();
            json.WriteNumber("leftOut", Math.Max(0, notification.Alarms.Count - MostAlarms));
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter json, NotifiedAlarm alarm)
    {
        json.WriteStartObject();
        json.WriteString("alarm", alarm.Alarm);
        json.WriteString("description", alarm.Description);
        json.WriteStartObject("labels");
        foreach (var label in alarm.Labels) json.WriteString(label.Name, label.Value);
        json.WriteEndObject();
        json.WriteString("before", AlarmStates.WordOf(alarm.Before));
        json.WriteString("state", AlarmStates.WordOf(alarm.State));
        json.WriteString("since", Text(alarm.Since));
        json.WriteString("reason", alarm.Reason);
        if (alarm.Value is { } value && double.IsFinite(value)) json.WriteNumber("value", value);
        else json.WriteNull("value");
        json.WriteEndObject();
    }

    private static string Text(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);
}
