using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Configuration.Values;

namespace Headroom.Configuration.Sections;

/// <summary>The shapes that sections are made of.</summary>
public static class Shapes
{
    /// <summary>Text of 1 to <paramref name="maximumLength"/> characters. Numbers and the like are taken as the text written.</summary>
    public static Shape<string> Text(int maximumLength = 10_000) => new ScalarShape<string>(
        "text",
        (string text, out string value, out string reason) =>
        {
            value = text;
            reason = text.Length == 0 ? "it is empty" : $"it is longer than {maximumLength:N0} characters";
            return text.Length > 0 && text.Length <= maximumLength;
        },
        () => [new JsonObject { ["type"] = "string", ["minLength"] = 1, ["maxLength"] = maximumLength }]);

    /// <summary>A finite number, optionally bounded (both ends included), or above <paramref name="above"/>.</summary>
    public static Shape<double> Number(double? minimum = null, double? maximum = null, double? above = null) => new ScalarShape<double>(
        "a number",
        (string text, out double value, out string reason) =>
        {
            reason = "";
            if (!NumberText.TryParse(text, out value)) return false;
            if (value < minimum) reason = string.Create(CultureInfo.InvariantCulture, $"it must be at least {minimum}");
            else if (value > maximum) reason = string.Create(CultureInfo.InvariantCulture, $"it must be at most {maximum}");
            else if (value <= above) reason = string.Create(CultureInfo.InvariantCulture, $"it must be above {above}");
            return reason.Length == 0;
        },
        () =>
        {
            var schema = new JsonObject { ["type"] = "number" };
            if (minimum is { } low) schema["minimum"] = low;
            if (maximum is { } high) schema["maximum"] = high;
            if (above is { } bound) schema["exclusiveMinimum"] = bound;
            return [schema, ScalarSchemas.Text($"^{NumberText.Pattern}$")];
        });

    /// <summary>A duration such as <c>30s</c>, of at least <paramref name="minimum"/> (1 ms when not given).</summary>
    public static Shape<TimeSpan> Duration(TimeSpan? minimum = null) => new ScalarShape<TimeSpan>(
        "a duration such as 30s, 5m or 1h30m",
        (string text, out TimeSpan value, out string reason) =>
        {
            if (!DurationText.TryParse(text, out value, out reason)) return false;
            var least = minimum ?? TimeSpan.FromMilliseconds(1);
            if (value < least) reason = $"it must be at least {(least < TimeSpan.FromSeconds(1) ? "1ms" : DurationText.Format(least))}";
            return value >= least;
        },
        () => [ScalarSchemas.Text(DurationText.Pattern)]);

    /// <summary>A size in bytes such as <c>256MiB</c>.</summary>
    public static Shape<long> Size(long minimum = 0) => new ScalarShape<long>(
        "a size such as 512, 10MB or 256MiB",
        (string text, out long value, out string reason) =>
        {
            if (!SizeText.TryParse(text, out value, out reason)) return false;
            if (value < minimum) reason = $"it must be at least {minimum} bytes";
            return value >= minimum;
        },
        () => [new JsonObject { ["type"] = "integer", ["minimum"] = minimum }, ScalarSchemas.Text(SizeText.Pattern)]);

    /// <summary>A percentage such as <c>99.9%</c>, as a fraction from 0 to 1.</summary>
    public static Shape<double> Percent() => new ScalarShape<double>(
        "a percentage such as 99.9%", NumberText.TryParsePercent, () => [ScalarSchemas.Text(@"^[0-9]+(\.[0-9]+)?\s*%$")]);

    /// <summary>A date such as <c>2027-01-31</c> (ISO 8601).</summary>
    public static Shape<DateOnly> Date() => new ScalarShape<DateOnly>(
        "a date such as 2027-01-31",
        (string text, out DateOnly value, out string reason) =>
        {
            reason = "";
            return DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out value);
        },
        () => [ScalarSchemas.Text("^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]);

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static Shape<bool> Flag() => new ScalarShape<bool>(
        "true or false",
        (string text, out bool value, out string reason) =>
        {
            reason = "";
            value = text is "true" or "True" or "TRUE";
            return value || text is "false" or "False" or "FALSE";
        },
        () => [new JsonObject { ["type"] = "boolean" }]);

    /// <summary>One of a few words, each with its meaning.</summary>
    public static Shape<T> Choice<T>(params (string Word, T Value, string Meaning)[] choices) => new ScalarShape<T>(
        choices.Length == 1 ? choices[0].Word : $"{string.Join(", ", choices.SkipLast(1).Select(c => c.Word))} or {choices[^1].Word}",
        (string text, out T value, out string reason) =>
        {
            int found = Array.FindIndex(choices, c => c.Word == text);
            value = found < 0 ? default! : choices[found].Value;
            reason = found < 0 && NearestName.Of(text, choices.Select(c => c.Word)) is { } near ? $"did you mean {near}?" : "";
            return found >= 0;
        },
        () => choices.Select(c => new JsonObject { ["const"] = c.Word, ["description"] = c.Meaning }));

    /// <summary>A form of its own, read by <paramref name="parse"/>; <paramref name="schema"/> gives its forms in JSON Schema.</summary>
    public static Shape<T> Parsed<T>(string expected, ScalarParser<T> parse, Func<IEnumerable<JsonObject>> schema) => new ScalarShape<T>(expected, parse, schema);

    /// <summary>A list of one shape.</summary>
    public static Shape<IReadOnlyList<T>> List<T>(Shape<T> item) => new ListShape<T>(item, orSingle: false);

    /// <summary>One value, or a list of them.</summary>
    public static Shape<IReadOnlyList<T>> OneOrMore<T>(Shape<T> item) => new ListShape<T>(item, orSingle: true);

    /// <summary>Free keys with values of one shape, such as labels.</summary>
    public static Shape<IReadOnlyDictionary<string, T>> Map<T>(Shape<T> value) => new MapShape<T>(value);

    /// <summary>The shape in a box, so that an optional property can tell "not given" from a value type's default.</summary>
    public static Shape<T?> Maybe<T>(this Shape<T> shape) where T : struct => new MaybeShape<T>(shape);
}
