using System.Text;

namespace Headroom.Configuration.Values;

/// <summary>
/// References to environment variables in a value: <c>${NAME}</c>, and <c>${NAME:-default}</c> for one that may be
/// unset or empty, as a POSIX shell has them (POSIX.1-2024, Shell Command Language 2.6.2). <c>$${</c> stands for a
/// literal <c>${</c>. <c>$</c> without a brace, and <c>${1}</c>, stay as they are: PromQL uses them.
/// </summary>
public static class EnvironmentReferences
{
    /// <summary>A JSON Schema pattern for a value that holds a reference.</summary>
    internal const string Pattern = @"\$\{[A-Za-z_][A-Za-z0-9_]*(:-[^}]*)?\}";

    /// <summary>
    /// Replaces the references in a text. Returns the same string object when there is none, so that the caller can
    /// tell a secret from a literal.
    /// </summary>
    /// <param name="text">As written.</param>
    /// <param name="environment">Gives a variable's value, or null when it is unset.</param>
    /// <param name="report">Called once for each reference that cannot be replaced, with a code, what is wrong and the fix.</param>
    internal static string Resolve(string text, Func<string, string?> environment, Action<string, string, string> report)
    {
        if (!text.Contains("${", StringComparison.Ordinal)) return text;
        var resolved = new StringBuilder(text.Length);
        bool changed = false;
        for (int i = 0; i < text.Length;)
        {
            if (text[i] != '$' || i + 1 >= text.Length)
            {
                resolved.Append(text[i++]);
                continue;
            }
            if (text.AsSpan(i).StartsWith("$${"))
            {
                resolved.Append("${");
                i += 3;
                changed = true;
                continue;
            }
            if (text[i + 1] != '{' || (i + 2 < text.Length && char.IsAsciiDigit(text[i + 2])))
            {
                resolved.Append(text[i++]);
                continue;
            }
            int end = text.IndexOf('}', i);
            string body = end < 0 ? "" : text[(i + 2)..end];
            int split = body.IndexOf(":-", StringComparison.Ordinal);
            string name = split < 0 ? body : body[..split];
            changed = true;
            if (!IsName(name))
            {
                report("environment-reference", $"'{Shorten(text[i..(end < 0 ? text.Length : end + 1)])}' is not a reference to an environment variable.",
                    "Write ${NAME} or ${NAME:-default}, or $${ for a literal ${.");
                i = end < 0 ? text.Length : end + 1;
                continue;
            }
            string? value = environment(name);
            if (split >= 0 && string.IsNullOrEmpty(value)) value = body[(split + 2)..];
            if (value is null)
                report("environment-variable-missing", $"The environment variable {name} is not set.", $"Set it, or give a default: ${{{name}:-value}}.");
            resolved.Append(value);
            i = end + 1;
        }
        return changed ? resolved.ToString() : text;
    }

    private static bool IsName(string name) =>
        name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_');

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..37] + "...";
}
