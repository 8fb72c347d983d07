namespace Headroom.Configuration.Yaml;

/// <summary>
/// A value of a YAML file that still knows where it stands. Immutable. An alias is the very node its anchor names, so
/// a node may be reached twice, but never from inside itself.
/// </summary>
public abstract class YamlNode(SourceMark mark, long weight)
{
    /// <summary>Where the value begins.</summary>
    public SourceMark Mark { get; } = mark;

    /// <summary>How many values this one comes to when every alias in it is written out.</summary>
    internal long Weight { get; } = weight;

    /// <summary>What this is, for a message: <c>a list</c>.</summary>
    internal abstract string Kind { get; }
}

/// <summary>A single value.</summary>
public sealed class YamlScalar : YamlNode
{
    internal YamlScalar(SourceMark mark, string text, string written, bool isPlain) : base(mark, 1)
    {
        (Text, Written) = (text, written);
        // A plain empty value, ~ and null say "nothing here" (YAML 1.2 core schema); quoted they are text.
        IsNull = isPlain && written is ("" or "~" or "null" or "Null" or "NULL");
    }

    /// <summary>The value, with references to environment variables replaced by what they hold.</summary>
    public string Text { get; }

    /// <summary>The value as the file has it, <c>${NAME}</c> included: the only form that may stand in a message.</summary>
    public string Written { get; }

    /// <summary>Whether part of <see cref="Text"/> came from the environment and must be shown to nobody.</summary>
    public bool IsSecret => !ReferenceEquals(Text, Written);

    /// <summary>Whether the file gives no value.</summary>
    public bool IsNull { get; }

    internal override string Kind => IsNull ? "nothing" : "a single value";

    /// <summary>The value as written, quoted and shortened for a message.</summary>
    internal string Shown => "'" + (Written.Length <= 80 ? Written : string.Concat(Written.AsSpan(0, 77), "...")).ReplaceLineEndings(" ") + "'";
}

/// <summary>A list.</summary>
public sealed class YamlSequence : YamlNode
{
    internal YamlSequence(SourceMark mark, IReadOnlyList<YamlNode> items)
        : base(mark, 1 + items.Sum(i => i.Weight)) => Items = items;

    /// <summary>The items in order.</summary>
    public IReadOnlyList<YamlNode> Items { get; }

    internal override string Kind => "a list";
}

/// <summary>Keys and values, in the file's order; a key stands once.</summary>
public sealed class YamlMapping : YamlNode
{
    internal YamlMapping(SourceMark mark, IReadOnlyList<YamlEntry> entries)
        : base(mark, 1 + entries.Sum(e => 1 + e.Value.Weight)) => Entries = entries;

    /// <summary>The keys with their values.</summary>
    public IReadOnlyList<YamlEntry> Entries { get; }

    internal override string Kind => "a mapping of keys to values";

    /// <summary>The entry with a key, or null.</summary>
    public YamlEntry? Find(string key) => Entries.FirstOrDefault(e => string.Equals(e.Key, key, StringComparison.Ordinal));
}

/// <summary>One key of a mapping.</summary>
/// <param name="Key">The key's text; never taken from the environment.</param>
/// <param name="Mark">Where the key stands.</param>
/// <param name="Value">Its value.</param>
public sealed record YamlEntry(string Key, SourceMark Mark, YamlNode Value);
