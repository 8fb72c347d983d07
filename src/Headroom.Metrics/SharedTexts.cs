namespace Headroom.Metrics;

/// <summary>
/// Names and values of labels that were met lately, so that a million series that share most of theirs hold each text once.
/// A slot keeps the last text that fell into it; a race costs a copy and nothing else.
/// </summary>
internal static class SharedTexts
{
    private const int Slots = 1 << 14;
    private const int Longest = 128;

    private static readonly string?[] Kept = new string?[Slots];

    /// <summary>The same text, perhaps another string.</summary>
    public static string Of(string text)
    {
        if (text.Length > Longest) return text;
        ref string? slot = ref Kept[string.GetHashCode(text, StringComparison.Ordinal) & (Slots - 1)];
        string? there = slot;
        if (string.Equals(there, text, StringComparison.Ordinal)) return there!;
        slot = text;
        return text;
    }
}
