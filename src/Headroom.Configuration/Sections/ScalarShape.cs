using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Values;
using Headroom.Configuration.Yaml;

namespace Headroom.Configuration.Sections;

/// <summary>Reads the text of a single value; on failure the reason must not repeat the text, which may be a secret.</summary>
public delegate bool ScalarParser<T>(string text, out T value, out string reason);

/// <summary>A single value read from its text, whatever quotes the file uses.</summary>
/// <param name="expected">What the value should be, with an example: <c>a duration such as 30s or 1h30m</c>.</param>
/// <param name="parse">Reads the text.</param>
/// <param name="schema">The accepted forms, as JSON Schema alternatives.</param>
internal sealed class ScalarShape<T>(string expected, ScalarParser<T> parse, Func<IEnumerable<JsonObject>> schema) : Shape<T>
{
    public override bool TryRead(YamlNode node, ICollection<Problem> problems, out T value)
    {
        value = default!;
        if (node is not YamlScalar scalar)
        {
            problems.Add(new Problem("yaml-wrong-type", $"This must be {expected}, but it is {node.Kind}.", node.Mark.ToString(),
                "If it is meant as text, put it in quotes."));
            return false;
        }
        if (scalar.IsNull)
        {
            problems.Add(new Problem("yaml-missing-value", "The value is missing.", node.Mark.ToString(), $"Give {expected}, or remove the key."));
            return false;
        }
        if (parse(scalar.Text.Trim(), out value, out string reason)) return true;
        // The reason may depend on the secret's content, so it is withheld.
        string why = scalar.IsSecret || reason.Length == 0 ? "" : $": {reason}";
        problems.Add(new Problem("yaml-bad-value", $"{(scalar.IsSecret ? "The value of " : "")}{scalar.Shown} is not {expected}{why}.", node.Mark.ToString()));
        return false;
    }

    public override JsonObject Schema()
    {
        var forms = schema().ToArray();
        // Free text holds a reference anyway.
        if (forms is [{ } only] && (string?)only["type"] == "string" && only["pattern"] is null) return only;
        return new JsonObject { ["anyOf"] = new JsonArray([.. forms, new JsonObject { ["$ref"] = "#/$defs/environmentReference" }]) };
    }

    internal static JsonObject EnvironmentReference() =>
        new()
        {
            ["description"] = "A value taken from the environment: ${NAME} or ${NAME:-default}.",
            ["type"] = "string",
            ["pattern"] = EnvironmentReferences.Pattern,
        };
}

internal static class ScalarSchemas
{
    public static JsonObject EnvironmentReference() => ScalarShape<string>.EnvironmentReference();

    public static JsonObject Text(string? pattern = null)
    {
        var schema = new JsonObject { ["type"] = "string" };
        if (pattern is not null) schema["pattern"] = pattern;
        return schema;
    }
}
