using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
using Headroom.Resilience.Failures;

namespace Headroom.Resilience.Tuning;

/// <summary>
/// Reads recorded calls. CSV has a header with the columns <c>time</c> and <c>outcome</c> and, if recorded,
/// <c>duration</c>, in any order among others; JSONL has one object with these properties per line. A file whose first
/// character is <c>{</c> is JSONL. <list type="bullet">
/// <item>time: RFC 3339 (UTC when it has no zone), or Unix seconds, or Unix milliseconds (100,000,000,000 and above);</item>
/// <item>outcome: <c>ok</c> or <c>success</c>; <c>fail</c>, <c>failure</c>, <c>error</c> or <c>timeout</c>; <c>slow</c>; or an HTTP
/// status, judged as <see cref="FailureClassifier.Of(HttpStatusCode)"/> does, where only transient ones are failures;</item>
/// <item>duration: seconds, or a number with <c>us</c>, <c>ms</c>, <c>s</c> or <c>m</c>.</item></list>
/// </summary>
public static class FailureHistoryReader
{
    private const int MaxErrors = 20;

    /// <summary>Reads to the end.</summary>
    public static HistoryReading Read(TextReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var calls = new List<RecordedCall>();
        var errors = new List<HistoryError>();
        Columns? columns = null;
        bool json = false;
        for (int number = 1; errors.Count < MaxErrors && reader.ReadLine() is { } line; number++)
        {
            if (number == 1) line = line.TrimStart('\uFEFF');
            if (string.IsNullOrWhiteSpace(line)) continue;
            if (columns is null && !json)
            {
                json = line.TrimStart().StartsWith('{');
                if (!json)
                {
                    columns = Columns.Of(Split(line), out string? missing);
                    if (columns is not null) continue;
                    errors.Add(new HistoryError(number, missing!));
                    break;
                }
            }

            string? error = json ? ReadJson(line, out RecordedCall call) : ReadCsv(Split(line), columns!, out call);
            if (error is null) calls.Add(call);
            else errors.Add(new HistoryError(number, error));
        }

        return new HistoryReading(new FailureHistory(calls), errors);
    }

    private static string? ReadCsv(List<string> fields, Columns columns, out RecordedCall call)
    {
        call = default;
        if (fields.Count <= Math.Max(columns.Time, columns.Outcome)) return $"The line has {fields.Count} fields, fewer than the header needs.";
        string duration = columns.Duration >= 0 && columns.Duration < fields.Count ? fields[columns.Duration] : "";
        return Understand(fields[columns.Time], fields[columns.Outcome], duration, out call);
    }

    private static string? ReadJson(string line, out RecordedCall call)
    {
        call = default;
        try
        {
            using JsonDocument document = JsonDocument.Parse(line);
            if (document.RootElement.ValueKind != JsonValueKind.Object) return "The line is not a JSON object.";
            return Understand(Text("time"), Text("outcome"), Text("duration"), out call);

            string Text(string name) =>
                !document.RootElement.TryGetProperty(name, out JsonElement value) ? ""
                : value.ValueKind == JsonValueKind.String ? value.GetString()!
                : value.ValueKind == JsonValueKind.Null ? ""
                : value.GetRawText();
        }
        catch (JsonException exception)
        {
            return "The line is not JSON: " + exception.Message;
        }
    }

    private static string? Understand(string time, string outcome, string duration, out RecordedCall call)
    {
        call = default;
        if (!TryTime(time.Trim(), out DateTimeOffset at)) return $"The time '{time}' is neither RFC 3339 nor Unix seconds or milliseconds.";
        if (!TryOutcome(outcome.Trim(), out RecordedOutcome result)) return $"The outcome '{outcome}' is none of ok, fail, slow or an HTTP status.";
        if (!TryDuration(duration.Trim(), out TimeSpan took)) return $"The duration '{duration}' is not a number of seconds, or one with us, ms, s or m.";
        call = new RecordedCall(at, result, took);
        return null;
    }

    private static bool TryTime(string text, out DateTimeOffset at)
    {
        at = default;
        if (double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number))
        {
            double milliseconds = Math.Abs(number) >= 100_000_000_000 ? number : number * 1000;
            if (!(Math.Abs(milliseconds) < 253_402_300_799_999)) return false;
            at = DateTimeOffset.UnixEpoch.AddTicks((long)Math.Round(milliseconds * TimeSpan.TicksPerMillisecond));
            return true;
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out at);
    }

    private static bool TryOutcome(string text, out RecordedOutcome outcome)
    {
        outcome = RecordedOutcome.Ok;
        switch (text.ToLowerInvariant())
        {
            case "ok" or "success":
                return true;
            case "fail" or "failure" or "error" or "timeout":
                outcome = RecordedOutcome.Fail;
                return true;
            case "slow":
                outcome = RecordedOutcome.Slow;
                return true;
            default:
                if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status) || status is < 100 or > 599) return false;
                outcome = FailureClassifier.Of((HttpStatusCode)status).Kind == FailureKind.Transient ? RecordedOutcome.Fail : RecordedOutcome.Ok;
                return true;
        }
    }

    private static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text.Length == 0) return true;
        int unit = text.Length;
        while (unit > 0 && char.IsAsciiLetter(text[unit - 1]) && !char.IsAsciiDigit(text[unit - 1])) unit--;
        double scale = text[unit..] switch { "" or "s" => 1, "ms" => 1e-3, "us" => 1e-6, "m" => 60, _ => double.NaN };
        if (!double.TryParse(text.AsSpan(0, unit), NumberStyles.Float, CultureInfo.InvariantCulture, out double number)) return false;
        double seconds = number * scale;
        if (!(seconds is >= 0 and <= 86_400)) return false;
        duration = TimeSpan.FromTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return true;
    }

    // RFC 4180 fields on one line: a quoted field may hold commas and doubled quotes.
    private static List<string> Split(string line)
    {
        var fields = new List<string>();
        var field = new StringBuilder();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (quoted && c == '"' && i + 1 < line.Length && line[i + 1] == '"') field.Append(line[++i]);
            else if (c == '"') quoted = !quoted;
            else if (c == ',' && !quoted) Next();
            else field.Append(c);
        }

        Next();
        return fields;

        void Next()
        {
            fields.Add(field.ToString());
            field.Clear();
        }
    }

    private sealed record Columns(int Time, int Outcome, int Duration)
    {
        public static Columns? Of(List<string> header, out string? missing)
        {
            int time = Find("time");
            int outcome = Find("outcome");
            missing = time < 0 || outcome < 0
                ? $"The header has no column '{(time < 0 ? "time" : "outcome")}'; it needs time,outcome and may have duration."
                : null;
            return missing is null ? new Columns(time, outcome, Find("duration")) : null;

            int Find(string name) => header.FindIndex(field => string.Equals(field.Trim(), name, StringComparison.OrdinalIgnoreCase));
        }
    }
}
