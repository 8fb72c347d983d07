namespace Headroom.Configuration.Yaml;

/// <summary>A place in a configuration file.</summary>
/// <param name="File">The file as the user named it, or relative to the file that includes it.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1.</param>
public readonly record struct SourceMark(string File, int Line, int Column)
{
    /// <summary>The place as editors and terminals understand it: <c>headroom.yaml:12:5</c>.</summary>
    public override string ToString() => $"{File}:{Line}:{Column}";
}
