using System.Text;
using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;

namespace Headroom.Metrics.Ingest.Sources;

/// <summary>The shapes that sources over HTTP share.</summary>
internal static class HttpSettings
{
    /// <summary>An absolute http or https URL without a user's name in it.</summary>
    public static readonly Shape<Uri> Url = Shapes.Parsed<Uri>(
        "a URL such as https://api.example.com/health",
        static (string text, out Uri value, out string reason) =>
        {
            reason = "";
            if (!Uri.TryCreate(text, UriKind.Absolute, out value!) || value.Scheme is not ("http" or "https") || value.Host.Length == 0) return false;
            if (value.UserInfo.Length == 0) return true;
            reason = "a user's name and password belong into headers";
            return false;
        },
        static () => [new JsonObject { ["type"] = "string", ["pattern"] = "^https?://" }]);

    /// <summary>Labels by name.</summary>
    public static readonly Shape<IReadOnlyDictionary<string, string>> Labels = Shapes.Map(Shapes.Text(4096)).Checked(static labels =>
    {
        foreach (string name in labels.Keys)
            if (name.Length is 0 or > 1024 || name.StartsWith("__", StringComparison.Ordinal))
                return new Problem("source-label", $"'{(name.Length <= 64 ? name : name[..64] + "…")}' cannot be a label: names have 1 to 1024 characters and do not begin with '__'.");
        return labels.Count <= 30 ? null : new Problem("source-label", "There are more than 30 labels.");
    });

    /// <summary>Request headers by name.</summary>
    public static readonly Shape<IReadOnlyDictionary<string, string>> Headers = Shapes.Map(Shapes.Text(8192)).Checked(static headers =>
    {
        foreach (var (name, value) in headers)
            if (!IsHeader(name, value))
                return new Problem("source-header", $"'{(name.Length <= 64 ? name : name[..64] + "…")}' is no header that can be sent with this value.");
        return null;
    });

    /// <summary>Puts headers on a request.</summary>
    public static void Apply(HttpRequestMessage request, IReadOnlyDictionary<string, string> headers)
    {
        foreach (var (name, value) in headers)
            if (!request.Headers.TryAddWithoutValidation(name, value) && request.Content is { } content)
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
    }

    /// <summary>Labels of a dictionary, in order of their names.</summary>
    public static List<Label> ToLabels(IReadOnlyDictionary<string, string> labels) =>
        [.. labels.OrderBy(l => l.Key, StringComparer.Ordinal).Select(l => new Label(l.Key, l.Value))];

    private static bool IsHeader(string name, string value)
    {
        if (value.AsSpan().ContainsAnyInRange('\0', '\u001F') || !Ascii.IsValid(value)) return false;
        using var request = new HttpRequestMessage { Content = new ByteArrayContent([]) };
        return request.Headers.TryAddWithoutValidation(name, value) || request.Content.Headers.TryAddWithoutValidation(name, value);
    }
}
