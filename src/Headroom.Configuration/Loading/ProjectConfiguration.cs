using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;

namespace Headroom.Configuration.Loading;

/// <summary>A project's configuration as loaded: immutable, complete, without problems.</summary>
public sealed class ProjectConfiguration
{
    private readonly Dictionary<string, object?> _values;

    internal ProjectConfiguration(string project, IReadOnlyList<string> files, Dictionary<string, object?> values) =>
        (Project, Files, _values) = (project, files, values);

    /// <summary>The project's name: <c>project:</c>, or the name of the folder the configuration stands in.</summary>
    public string Project { get; }

    /// <summary>The files it was read from, the main one first; empty when there is none.</summary>
    public IReadOnlyList<string> Files { get; }

    /// <summary>A section's value; its <c>absent</c> value when no file gives it.</summary>
    /// <exception cref="ArgumentException">The section was not handed to the loader.</exception>
    public T Get<T>(ConfigurationSection<T> section) => _values.TryGetValue(section.Name, out var value)
        ? (T)value!
        : throw new ArgumentException($"the section '{section.Name}' was not handed to the loader", nameof(section));
}

/// <summary>What loading came to: a configuration, or everything that is wrong with it.</summary>
/// <param name="Configuration">Null when there are problems.</param>
/// <param name="Problems">All that was found, in the order of the files; empty when the configuration is good.</param>
public sealed record ConfigurationOutcome(ProjectConfiguration? Configuration, IReadOnlyList<Problem> Problems)
{
    /// <summary>The configuration.</summary>
    /// <exception cref="ProblemException">There are problems.</exception>
    public ProjectConfiguration OrThrow() => Configuration ?? throw new ProblemException(Problems);
}
