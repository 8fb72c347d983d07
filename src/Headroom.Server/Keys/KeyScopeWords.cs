using Headroom.Configuration.Diagnostics;

namespace Headroom.Server.Keys;

/// <summary>Scopes as people write them.</summary>
public static class KeyScopeWords
{
    private static readonly (string Word, KeyScopes Scope)[] Words = [("ingest", KeyScopes.Ingest), ("read", KeyScopes.Read), ("operate", KeyScopes.Operate)];

    /// <summary>The words, in the order they are shown.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Words.Select(w => w.Word)];

    /// <summary>The words of a set, joined by commas.</summary>
    public static string Word(KeyScopes scopes) => string.Join(',', WordsOf(scopes));

    /// <summary>The words of a set.</summary>
    public static IEnumerable<string> WordsOf(KeyScopes scopes) => Words.Where(w => scopes.HasFlag(w.Scope)).Select(w => w.Word);

    /// <summary>Reads words.</summary>
    /// <exception cref="ProblemException">One is no scope.</exception>
    public static KeyScopes Parse(IEnumerable<string> words)
    {
        var scopes = KeyScopes.None;
        foreach (string word in words)
            scopes |= Array.Find(Words, w => w.Word == word).Scope is var scope && scope != KeyScopes.None
                ? scope
                : throw new ProblemException(new Problem("key-scope-invalid", $"'{(word.Length <= 32 ? word : word[..32])}' is no scope.", "scopes", $"There are {string.Join(", ", All)}."));
        return scopes;
    }
}
