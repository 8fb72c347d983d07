using System.Globalization;
using System.Text.Json;

namespace Headroom.Load.Extraction;

/// <summary>
/// A path to one value in a JSON document: <c>$.items[0].id</c>, <c>$['a key']</c>, <c>$.items[-1]</c>, <c>$.items.length</c>: the
/// part of RFC 9535 that names a single node, and an array's length.
/// </summary>
internal sealed class JsonPath
{
    private readonly IReadOnlyList<(string? Name, int Index)> _steps;

    private JsonPath(string text, IReadOnlyList<(string?, int)> steps) => (Text, _steps) = (text, steps);

    public string Text { get; }

    public static bool TryParse(string text, out JsonPath path, out string reason)
    {
        path = null!;
        reason = "";
        if (text.Length == 0 || text[0] != '$') return Fail("it must start with $", out reason);
        var steps = new List<(string?, int)>();
        int at = 1;
        while (at < text.Length)
        {
            if (text[at] == '.')
            {
                int end = at + 1;
                while (end < text.Length && (char.IsLetterOrDigit(text[end]) || text[end] is '_' or '-')) end++;
                if (end == at + 1) return Fail("a name must follow the dot", out reason);
                steps.Add((text[(at + 1)..end], 0));
                at = end;
            }
            else if (text[at] == '[')
            {
                if (at + 1 < text.Length && text[at + 1] is '\'' or '"')
                {
                    int end = text.IndexOf(text[at + 1], at + 2);
                    if (end < 0 || end + 1 >= text.Length || text[end + 1] != ']') return Fail("a quoted name must end with its quote and ]", out reason);
                    steps.Add((text[(at + 2)..end], 0));
                    at = end + 2;
                }
                else
                {
                    int end = text.IndexOf(']', at);
                    if (end < 0 || !int.TryParse(text.AsSpan(at + 1, end - at - 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index))
                        return Fail("brackets hold one whole number or a quoted name; wildcards and filters are not supported", out reason);
                    steps.Add((null, index));
                    at = end + 1;
                }
            }
            else
            {
                return Fail($"'{text[at]}' is not understood; write $.name[0].other", out reason);
            }
        }
        path = new JsonPath(text, steps);
        return true;
    }

    /// <summary>The value's text (a string's content, else its JSON); null when there is no such value.</summary>
    public string? Find(ReadOnlySpan<byte> json)
    {
        try
        {
            var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 64 });
            using var document = JsonDocument.ParseValue(ref reader);
            return Find(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private string? Find(JsonElement at)
    {
        foreach (var (name, index) in _steps)
        {
            if (name is not null)
            {
                if (at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var member)) at = member;
                else if (name == "length" && at.ValueKind == JsonValueKind.Array) return at.GetArrayLength().ToString(CultureInfo.InvariantCulture);
                else return null;
            }
            else
            {
                if (at.ValueKind != JsonValueKind.Array) return null;
                int i = index < 0 ? at.GetArrayLength() + index : index;
                if (i < 0 || i >= at.GetArrayLength()) return null;
                at = at[i];
            }
        }
        return at.ValueKind == JsonValueKind.String ? at.GetString() : at.GetRawText();
    }

    private static bool Fail(string why, out string reason)
    {
        reason = why;
        return false;
    }
}
