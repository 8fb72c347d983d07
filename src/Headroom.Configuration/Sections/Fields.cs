using System.Diagnostics.CodeAnalysis;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Yaml;

namespace Headroom.Configuration.Sections;

/// <summary>The properties of one mapping as they were read, for building the record and for checks across properties.</summary>
public sealed class Fields
{
    private readonly YamlMapping _mapping;
    private readonly ICollection<Problem> _problems;
    private readonly Dictionary<Property, object?> _values;

    internal Fields(YamlMapping mapping, ICollection<Problem> problems, Dictionary<Property, object?> values) =>
        (_mapping, _problems, _values) = (mapping, problems, values);

    /// <summary>Where the mapping begins.</summary>
    public SourceMark Mark => _mapping.Mark;

    /// <summary>A property's value, its default when the file does not give it.</summary>
    public T Get<T>(Property<T> property) => _values.TryGetValue(property, out var value) ? (T)value! : (T)property.Default!;

    /// <summary>Whether the file gives the property, and it could be read.</summary>
    public bool Has<T>(Property<T> property, [MaybeNullWhen(false)] out T value)
    {
        bool has = _values.TryGetValue(property, out var boxed);
        value = has ? (T)boxed! : default;
        return has && boxed is not null;
    }

    /// <summary>Where the property's value stands; the mapping itself when the file does not give it.</summary>
    public SourceMark MarkOf(Property property) => _mapping.Find(property.Name)?.Value.Mark ?? Mark;

    /// <summary>Whether the property's value came from the environment, so that no message may show it.</summary>
    public bool IsSecret(Property property) => _mapping.Find(property.Name)?.Value is YamlScalar { IsSecret: true };

    /// <summary>Reports that properties contradict each other, at the place of one of them.</summary>
    public void Report(Property property, string code, string what, string? fix) =>
        _problems.Add(new Problem(code, what, MarkOf(property).ToString(), fix));
}
