using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Configuration.Yaml;
using Headroom.Load.Templates;

namespace Headroom.Load.Plans.Yaml;

/// <summary>A value and where the file has it, for what can be checked only when the whole plan is known.</summary>
/// <param name="Value">The value.</param>
/// <param name="Mark">Where it stands.</param>
/// <param name="Written">The text as the file has it, without what came from the environment: the only form that may be shown.</param>
internal readonly record struct Placed<T>(T Value, SourceMark Mark, string Written = "")
{
    public void Deconstruct(out T value, out SourceMark mark) => (value, mark) = (Value, Mark);
}

/// <summary>A value that a plan may write in two forms.</summary>
internal sealed class EitherShape<T>(Shape<T> brief, Shape<T> full, Func<YamlNode, bool> isFull) : Shape<T>
{
    public override bool TryRead(YamlNode node, ICollection<Problem> problems, out T value) => (isFull(node) ? full : brief).TryRead(node, problems, out value);

    public override JsonObject Schema() => new() { ["anyOf"] = new JsonArray(brief.Schema(), full.Schema()) };
}

/// <summary>A shape whose value is turned into another one, with its place.</summary>
internal sealed class MappedShape<TFrom, TTo>(Shape<TFrom> from, Func<TFrom, YamlNode, TTo> map) : Shape<TTo>
{
    public override bool TryRead(YamlNode node, ICollection<Problem> problems, out TTo value)
    {
        bool read = from.TryRead(node, problems, out var before);
        value = read ? map(before, node) : default!;
        return read;
    }

    public override JsonObject Schema() => from.Schema();
}

/// <summary>A mapping with free keys whose values are read knowing their key.</summary>
internal sealed class KeyedShape<T>(Func<string, SourceMark, Shape<T>> shape, Shape<T> any) : Shape<IReadOnlyList<T>>
{
    public override bool TryRead(YamlNode node, ICollection<Problem> problems, out IReadOnlyList<T> value)
    {
        var read = new List<T>();
        value = read;
        if (node is not YamlMapping mapping)
        {
            problems.Add(new Problem("yaml-wrong-type", "This must be a mapping of names to values.", node.Mark.ToString()));
            return false;
        }
        bool whole = true;
        foreach (var entry in mapping.Entries)
        {
            if (shape(entry.Key, entry.Mark).TryRead(entry.Value, problems, out var one)) read.Add(one);
            else whole = false;
        }
        return whole;
    }

    public override JsonObject Schema() => new() { ["type"] = "object", ["additionalProperties"] = any.Schema() };
}

internal static class ShapeForms
{
    public static Shape<TTo> As<TFrom, TTo>(this Shape<TFrom> from, Func<TFrom, TTo> map) => new MappedShape<TFrom, TTo>(from, (value, _) => map(value));

    public static Shape<Placed<T>> Placed<T>(this Shape<T> shape) => new MappedShape<T, Placed<T>>(shape, (value, node) => new Placed<T>(value, node.Mark, (node as YamlScalar)?.Written ?? ""));

    /// <summary>A number without a fraction.</summary>
    public static Shape<int> Whole(int minimum, int maximum = int.MaxValue) => Shapes.Number(minimum, maximum)
        .Checked(number => number == Math.Floor(number) ? null : new Problem("yaml-bad-value", "This must be a whole number."))
        .As(number => (int)number);

    /// <summary>A text with <c>{{ }}</c> in it.</summary>
    public static Shape<Template> TemplateText(int maximumLength = 1_000_000) => Shapes.Text(maximumLength)
        .Checked(text => Template.TryParse(text, out _, out string reason) ? null : new Problem("load-template", $"The template cannot be read: {reason}."))
        .As(text =>
        {
            _ = Template.TryParse(text, out var template, out _);
            return template;
        });

    /// <summary>A text of the engine's own small languages (conditions, extractors, thresholds).</summary>
    public static Shape<T> Parsed<T>(string what, ScalarParser<T> parse) => Shapes.Parsed(what, parse, static () => [new JsonObject { ["type"] = "string", ["minLength"] = 1 }]);

}
