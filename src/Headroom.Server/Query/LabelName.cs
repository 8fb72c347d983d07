using System.Globalization;
using System.Text;

namespace Headroom.Server.Query;

/// <summary>
/// Label names in a path. One that is not a plain identifier comes escaped as Prometheus's <c>U__</c> form: an
/// underscore doubled, any other character as <c>_hex_</c> (Prometheus documentation, "UTF-8 guide").
/// </summary>
internal static class LabelName
{
    public static string Decode(string name)
    {
        if (!name.StartsWith("U__", StringComparison.Ordinal)) return name;
        var text = new StringBuilder(name.Length);
        for (int i = 3; i < name.Length; i++)
        {
            if (name[i] != '_')
            {
                text.Append(name[i]);
                continue;
            }
            int end = name.IndexOf('_', i + 1);
            if (end == i + 1)
            {
                text.Append('_');
                i = end;
            }
            else if (end > i && end - i <= 7
                && int.TryParse(name.AsSpan(i + 1, end - i - 1), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out int rune)
                && Rune.IsValid(rune))
            {
                text.Append(new Rune(rune));
                i = end;
            }
            else
            {
                return name;
            }
        }
        return text.ToString();
    }
}
