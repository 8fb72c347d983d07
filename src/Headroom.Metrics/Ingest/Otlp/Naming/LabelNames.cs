using System.Text;

namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>
/// An attribute's name as Prometheus writes it by default: each character that is not a letter, digit or underscore becomes
/// an underscore; <c>key_</c> goes before a digit and <c>key</c> before a single leading underscore.
/// </summary>
internal static class LabelNames
{
    /// <summary>The label's name; empty when only underscores would be left, which is no name.</summary>
    public static string Translate(string attribute)
    {
        if (attribute.Length == 0) return "";
        var label = new StringBuilder(attribute.Length + 4);
        bool same = true;
        foreach (var rune in attribute.EnumerateRunes())
        {
            bool kept = rune.IsAscii && (char.IsAsciiLetterOrDigit((char)rune.Value) || rune.Value == '_');
            label.Append(kept ? (char)rune.Value : '_');
            same &= kept;
        }
        if (!same && IsBlank(label)) return "";
        if (char.IsAsciiDigit(label[0])) return label.Insert(0, "key_").ToString();
        if (label[0] == '_' && !(label.Length > 1 && label[1] == '_')) return label.Insert(0, "key").ToString();
        return same ? attribute : label.ToString();
    }

    private static bool IsBlank(StringBuilder label)
    {
        for (int i = 0; i < label.Length; i++)
            if (label[i] != '_')
                return false;
        return true;
    }
}
