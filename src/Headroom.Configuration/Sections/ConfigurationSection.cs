using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Yaml;

namespace Headroom.Configuration.Sections;

/// <summary>
/// A top-level key of headroom.yaml, declared by the feature that owns it. The composition root hands all sections to
/// the <see cref="Loading.ConfigurationLoader"/>.
/// </summary>
public abstract class ConfigurationSection
{
    private protected ConfigurationSection(string name) => Name = name;

    /// <summary>The key.</summary>
    public string Name { get; }

    internal abstract object? Absent { get; }

    internal abstract bool TryRead(YamlNode node, ICollection<Problem> problems, out object? value);

    internal abstract JsonObject Schema();

    /// <summary>Declares a section.</summary>
    /// <param name="name">The key.</param>
    /// <param name="description">What it is for.</param>
    /// <param name="shape">What it looks like.</param>
    /// <param name="absent">What it is when no file gives it.</param>
    public static ConfigurationSection<T> Of<T>(string name, string description, Shape<T> shape, T absent) =>
        new(name, description, shape, absent);
}

/// <summary>A <see cref="ConfigurationSection"/> whose value has a type; the key to that value in a <see cref="Loading.ProjectConfiguration"/>.</summary>
public sealed class ConfigurationSection<T> : ConfigurationSection
{
    private readonly Property<T> _property;
    private readonly T _absent;

    internal ConfigurationSection(string name, string description, Shape<T> shape, T absent)
        : base(name) => (_property, _absent) = (Property.Optional(name, description, shape, absent), absent);

    internal override object? Absent => _absent;

    internal override bool TryRead(YamlNode node, ICollection<Problem> problems, out object? value) => _property.TryRead(node, problems, out value);

    internal override JsonObject Schema() => _property.Schema();
}
