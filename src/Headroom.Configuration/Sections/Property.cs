using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Yaml;

namespace Headroom.Configuration.Sections;

/// <summary>One key of a mapping in headroom.yaml: its name, meaning, shape and default.</summary>
public abstract class Property
{
    private protected Property(string name, string description, bool isRequired) => (Name, Description, IsRequired) = (name, description, isRequired);

    /// <summary>The key.</summary>
    public string Name { get; }

    /// <summary>What it means, its unit and its default, for the schema and the documentation.</summary>
    public string Description { get; }

    /// <summary>Whether the key must be there.</summary>
    public bool IsRequired { get; }

    internal abstract object? Default { get; }

    internal abstract bool TryRead(YamlNode node, ICollection<Problem> problems, out object? value);

    internal abstract JsonObject Schema();

    /// <summary>A key that must be there.</summary>
    public static Property<T> Required<T>(string name, string description, Shape<T> shape) => new(name, description, shape, true, default!);

    /// <summary>A key that may be left out; then it has the default.</summary>
    public static Property<T> Optional<T>(string name, string description, Shape<T> shape, T byDefault) => new(name, description, shape, false, byDefault);
}

/// <summary>A <see cref="Property"/> whose values have a type.</summary>
public sealed class Property<T> : Property
{
    private readonly Shape<T> _shape;
    private readonly T _default;

    internal Property(string name, string description, Shape<T> shape, bool isRequired, T byDefault)
        : base(name, description, isRequired) => (_shape, _default) = (shape, byDefault);

    internal override object? Default => _default;

    internal override bool TryRead(YamlNode node, ICollection<Problem> problems, out object? value)
    {
        bool read = _shape.TryRead(node, problems, out var typed);
        value = typed;
        return read;
    }

    internal override JsonObject Schema()
    {
        // The description stands before what it describes, as a person would write it.
        var schema = new JsonObject { ["description"] = Description };
        foreach (var (key, part) in _shape.Schema())
            if (key != "description")
                schema[key] = part?.DeepClone();
        return schema;
    }
}
