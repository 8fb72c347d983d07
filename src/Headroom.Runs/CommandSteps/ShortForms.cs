using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Configuration.Yaml;

namespace Headroom.Runs;

/// <summary>A value that a plan may write short, as a single value or a list of them, or in full.</summary>
/// <param name="brief">The short form.</param>
/// <param name="full">The other one.</param>
/// <param name="isFull">Which of them a value is written in.</param>
internal sealed class EitherShape<T>(Shape<T> brief, Shape<T> full, Func<YamlNode, bool> isFull) : Shape<T>
{
    public override bool TryRead(YamlNode node, ICollection<Problem> problems, out T value) =>
        (isFull(node) ? full : brief).TryRead(node, problems, out value);

    public override JsonObject Schema() => new() { ["anyOf"] = new JsonArray(brief.Schema(), full.Schema()) };
}

/// <summary>A shape whose value is turned into another one.</summary>
internal sealed class MappedShape<TFrom, TTo>(Shape<TFrom> from, Func<TFrom, TTo> map) : Shape<TTo>
{
    public override bool TryRead(YamlNode node, ICollection<Problem> problems, out TTo value)
    {
        bool read = from.TryRead(node, problems, out var before);
        value = read ? map(before) : default!;
        return read;
    }

    public override JsonObject Schema() => from.Schema();
}

internal static class ShapeMapping
{
    /// <summary>A number without a fraction.</summary>
    public static Shape<int> Whole(int minimum, int maximum = int.MaxValue) => Shapes.Number(minimum, maximum)
        .Checked(number => number == Math.Floor(number) ? null : new Problem("yaml-bad-value", "This must be a whole number."))
        .As(number => (int)number);

    public static Shape<TTo> As<TFrom, TTo>(this Shape<TFrom> from, Func<TFrom, TTo> map) => new MappedShape<TFrom, TTo>(from, map);
}

/// <summary>Rates as people write them: <c>5</c>, <c>5/s</c>, <c>300/min</c>, <c>10/h</c>; as units per second.</summary>
internal static class RateText
{
    public static bool TryParse(string text, out double value, out string reason)
    {
        reason = "";
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string per = slash < 0 ? "s" : text[(slash + 1)..].Trim();
        double seconds = per switch { "s" or "sec" or "second" => 1, "m" or "min" or "minute" => 60, "h" or "hour" => 3600, _ => 0 };
        if (seconds == 0) reason = "the part after the / is none of s, min and h";
        var number = slash < 0 ? text.AsSpan() : text.AsSpan(0, slash);
        if (!double.TryParse(number.Trim(), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) || seconds == 0) return false;
        value /= seconds;
        return true;
    }

    public static IEnumerable<JsonObject> Schema() =>
    [
        new JsonObject { ["type"] = "number", ["exclusiveMinimum"] = 0 },
        new JsonObject { ["type"] = "string", ["pattern"] = @"^[0-9]+(\.[0-9]+)?(/(s|min|h))?$" },
    ];
}
