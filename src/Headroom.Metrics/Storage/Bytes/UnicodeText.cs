namespace Headroom.Metrics.Storage;

/// <summary>Whether a text has a UTF-8 form: half a surrogate pair has none, and would come back from disk as another text.</summary>
internal static class UnicodeText
{
    public static bool IsWellFormed(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1])) return false;
            i++;
        }
        return true;
    }
}
