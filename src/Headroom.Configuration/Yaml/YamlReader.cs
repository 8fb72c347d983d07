using System.Text;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Values;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Headroom.Configuration.Yaml;

/// <summary>
/// Reads one YAML 1.2 document into nodes that know their place. Anchors, aliases and merge keys (<c>&lt;&lt;</c>) work;
/// duplicate keys, keys that are not text, own tags and several documents are refused. Whatever the input, the answer
/// is a tree or problems, and its size is bounded.
/// </summary>
public sealed class YamlReader
{
    /// <summary>The largest file read, in bytes.</summary>
    public const int MaximumBytes = 4 << 20;

    /// <summary>The most values a file may come to once its aliases are written out.</summary>
    public const int MaximumValues = 100_000;

    private const int MaximumDepth = 64;
    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private readonly string _file;
    private readonly string _text;
    private readonly Func<string, string?>? _environment;
    private readonly List<Problem> _problems;
    private readonly int _maximumValues;
    private readonly Dictionary<string, YamlNode?> _anchors = new(StringComparer.Ordinal);
    private readonly Parser _parser;
    private int _read;

    private YamlReader(string file, string text, Func<string, string?>? environment, List<Problem> problems, int maximumValues)
    {
        (_file, _text, _environment, _problems, _maximumValues) = (file, text, environment, problems, maximumValues);
        _parser = new Parser(new Scanner(new StringReader(text), skipComments: true));
    }

    /// <summary>
    /// Reads a file's bytes (UTF-8). Returns null when the file is not one YAML document; <paramref name="problems"/> then says
    /// why. A tree may also come with problems, for example a duplicate key. An empty document is an empty mapping.
    /// </summary>
    /// <param name="file">The name to show in places.</param>
    /// <param name="bytes">The file's content.</param>
    /// <param name="environment">
    /// Gives an environment variable's value, or null when it is unset. Null itself when <c>${NAME}</c> means nothing in this
    /// file: it is then text like any other.
    /// </param>
    /// <param name="problems">Receives what is wrong.</param>
    /// <param name="maximumBytes">The largest file read, in bytes.</param>
    /// <param name="maximumValues">The most values it may come to.</param>
    public static YamlNode? Read(
        string file, ReadOnlySpan<byte> bytes, Func<string, string?>? environment, List<Problem> problems,
        int maximumBytes = MaximumBytes, int maximumValues = MaximumValues)
    {
        if (bytes.Length > maximumBytes)
        {
            problems.Add(new Problem("yaml-too-large", $"The file is larger than {maximumBytes >> 20} MiB.", file, "Split it with include:."));
            return null;
        }
        if (bytes is [0xEF, 0xBB, 0xBF, ..]) bytes = bytes[3..];
        string text;
        try
        {
            text = StrictUtf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            problems.Add(new Problem("yaml-encoding", "The file is not UTF-8 text.", file, "Save it as UTF-8."));
            return null;
        }
        if (YamlSyntax.ControlCharacter(file, text) is { } control)
        {
            problems.Add(control);
            return null;
        }
        return new YamlReader(file, text, environment, problems, maximumValues).ReadDocument();
    }

    private YamlNode? ReadDocument()
    {
        try
        {
            _parser.Consume<StreamStart>();
            if (_parser.Accept<StreamEnd>(out _)) return new YamlMapping(new SourceMark(_file, 1, 1), []);
            _parser.Consume<DocumentStart>();
            var root = ReadNode(0);
            _parser.Consume<DocumentEnd>();
            if (_parser.Accept<DocumentStart>(out var second))
                throw Refuse("yaml-several-documents", "The file holds more than one YAML document.", second.Start, "Keep one document a file, and join files with include:.");
            return root is YamlScalar { IsNull: true } ? new YamlMapping(root.Mark, []) : root;
        }
        catch (ProblemException refused)
        {
            _problems.AddRange(refused.Problems);
        }
        catch (YamlException broken)
        {
            _problems.Add(YamlSyntax.Explain(_file, _text, broken));
        }
        catch (Exception unforeseen) when (unforeseen is InvalidOperationException or ArgumentException or IndexOutOfRangeException or NullReferenceException or FormatException or OverflowException)
        {
            // The parser has failed on malformed input in ways it does not declare; to the user it is malformed input.
            _problems.Add(new Problem("yaml-syntax", "The file is not valid YAML.", Mark(_parser.Current?.Start ?? Mark0).ToString()));
        }
        return null;
    }

    private static readonly Mark Mark0 = new(0, 1, 1);

    private YamlNode ReadNode(int depth)
    {
        if (_parser.TryConsume<AnchorAlias>(out var alias))
        {
            if (!_anchors.TryGetValue(alias.Value.Value, out var named))
                throw Refuse("yaml-alias", $"No anchor &{alias.Value.Value} stands before this alias.", alias.Start, "Define it first, or put the value in quotes if the * is meant as text.");
            return named ?? throw Refuse("yaml-alias", $"The anchor &{alias.Value.Value} contains itself.", alias.Start, "Remove the alias.");
        }
        if (_parser.Current is not NodeEvent start)
            throw Refuse("yaml-syntax", "A value is missing here.", _parser.Current?.Start ?? Mark0, "Give one, or remove the key or the anchor.");
        if (depth >= MaximumDepth)
            throw Refuse("yaml-too-deep", $"Values are nested more than {MaximumDepth} levels deep.", start.Start, null);
        if (++_read > _maximumValues)
            throw Refuse("yaml-too-many-values", $"The file has more than {_maximumValues:N0} values.", start.Start, "Split it with include:.");
        CheckTag(start);
        string? anchor = start.Anchor.IsEmpty ? null : start.Anchor.Value;
        if (anchor is not null) _anchors[anchor] = null;
        YamlNode node;
        if (_parser.TryConsume<Scalar>(out var scalar)) node = ReadScalar(scalar);
        else if (_parser.TryConsume<SequenceStart>(out var list)) node = ReadSequence(list, depth);
        else node = ReadMapping(_parser.Consume<MappingStart>(), depth);
        if (node.Weight > _maximumValues)
            throw Refuse("yaml-too-many-values", $"Written out, the value has more than {_maximumValues:N0} parts.", start.Start, "Use fewer aliases, or split the project.");
        if (anchor is not null) _anchors[anchor] = node;
        return node;
    }

    private YamlScalar ReadScalar(Scalar scalar)
    {
        var mark = Mark(scalar.Start);
        string resolved = _environment is null ? scalar.Value : EnvironmentReferences.Resolve(
            scalar.Value, _environment, (code, what, fix) => _problems.Add(new Problem(code, what, mark.ToString(), fix)));
        return new YamlScalar(mark, resolved, scalar.Value, scalar.Style == ScalarStyle.Plain);
    }

    private YamlSequence ReadSequence(SequenceStart start, int depth)
    {
        var items = new List<YamlNode>();
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(ReadNode(depth + 1));
        return new YamlSequence(Mark(start.Start), items);
    }

    private YamlMapping ReadMapping(MappingStart start, int depth)
    {
        var own = new Dictionary<string, YamlEntry>(StringComparer.Ordinal);
        var order = new List<YamlEntry>();
        var merged = new List<YamlMapping>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.TryConsume<Scalar>(out var key))
                throw Refuse("yaml-key", "A key must be a single text.", _parser.Current!.Start, "Put a value that starts with {, [, * or ? in quotes.");
            var mark = Mark(key.Start);
            var value = ReadNode(depth + 1);
            if (key is { Value: "<<", Style: ScalarStyle.Plain })
            {
                merged.AddRange(Merged(value));
                continue;
            }
            var entry = new YamlEntry(key.Value, mark, value);
            if (own.TryAdd(key.Value, entry)) order.Add(entry);
            else
                _problems.Add(new Problem("yaml-duplicate-key", $"The key '{key.Value}' stands twice.", mark.ToString(), $"It is first given at {own[key.Value].Mark}; keep one."));
        }
        // Own keys win over merged ones, earlier merged mappings over later ones (YAML merge key language-independent type).
        foreach (var entry in merged.SelectMany(m => m.Entries))
            if (own.TryAdd(entry.Key, entry))
                order.Add(entry);
        return new YamlMapping(Mark(start.Start), order);
    }

    private static IEnumerable<YamlMapping> Merged(YamlNode value)
    {
        if (value is YamlMapping one) return [one];
        if (value is YamlSequence several && several.Items.All(i => i is YamlMapping)) return several.Items.Cast<YamlMapping>();
        throw new ProblemException(new Problem("yaml-merge", "The merge key << needs a mapping, or a list of mappings.", value.Mark.ToString(), "Name one with an alias: '<<: *name'."));
    }

    private void CheckTag(NodeEvent node)
    {
        if (node.Tag.IsEmpty || node.Tag.IsNonSpecific) return;
        const string core = "tag:yaml.org,2002:";
        if (node.Tag.Value.StartsWith(core, StringComparison.Ordinal)
            && node.Tag.Value[core.Length..] is "str" or "int" or "float" or "bool" or "null" or "seq" or "map") return;
        throw Refuse("yaml-tag", $"The tag {node.Tag.Value} is not supported.", node.Start, "Remove it, or put a value that starts with ! in quotes.");
    }

    private SourceMark Mark(Mark mark) => new(_file, (int)mark.Line, (int)mark.Column);

    private ProblemException Refuse(string code, string what, Mark mark, string? fix) => new(new Problem(code, what, Mark(mark).ToString(), fix));
}
