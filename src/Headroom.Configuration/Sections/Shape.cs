using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Yaml;

namespace Headroom.Configuration.Sections;

/// <summary>
/// What a value in headroom.yaml may look like: reads it from a node, and describes itself in JSON Schema. Built from
/// <see cref="Shapes"/> and <see cref="ObjectShape{T}"/>, so reader and schema come from one declaration.
/// </summary>
public abstract class Shape<T>
{
    /// <summary>
    /// Reads a value. Returns false when something was wrong; every such thing is then in <paramref name="problems"/>, with its
    /// place.
    /// </summary>
    public abstract bool TryRead(YamlNode node, ICollection<Problem> problems, out T value);

    /// <summary>The shape in JSON Schema, draft 2020-12. A new object on every call.</summary>
    public abstract JsonObject Schema();

    /// <summary>The same shape with one more condition, which the schema does not show.</summary>
    /// <param name="check">Gives null when the value is fine, else what is wrong, without a place and without repeating secrets.</param>
    public Shape<T> Checked(Func<T, Problem?> check) => new CheckedShape<T>(this, check);
}

internal sealed class CheckedShape<T>(Shape<T> inner, Func<T, Problem?> check) : Shape<T>
{
    public override bool TryRead(YamlNode node, ICollection<Problem> problems, out T value)
    {
        if (!inner.TryRead(node, problems, out value)) return false;
        var problem = check(value);
        if (problem is null) return true;
        // A checker may quote the value in its message; a value from the environment may be shown to nobody.
        problems.Add(node is YamlScalar { IsSecret: true } secret
            ? new Problem(problem.Code, $"The value of {secret.Shown} is not accepted here.", node.Mark.ToString(), "The reason is withheld because the value comes from the environment.")
            : problem with { Where = node.Mark.ToString() });
        return false;
    }

    public override JsonObject Schema() => inner.Schema();
}
