using System.Text;
using System.Text.RegularExpressions;

namespace Headroom.Load.Extraction;

/// <summary>Takes a value out of an answer for later requests: <c>$.token</c>, <c>header Location</c>, or <c>regex id=([0-9]+)</c>.</summary>
internal sealed class Extractor
{
    private readonly ValueSource? _source;
    private readonly Regex? _regex;

    private Extractor(string text, ValueSource? source, Regex? regex) => (Text, _source, _regex) = (text, source, regex);

    public string Text { get; }

    public bool NeedsBody => _regex is not null || _source!.NeedsBody;

    public bool NeedsHead => _source?.NeedsHead == true;

    public static bool TryParse(string text, out Extractor extractor, out string reason)
    {
        extractor = null!;
        if (!text.StartsWith("regex ", StringComparison.Ordinal))
        {
            if (!ValueSource.TryParse(text, out var source, out reason))
            {
                if (!text.StartsWith('$')) reason = "it is none of a JSON path such as $.id, header NAME, and regex PATTERN";
                return false;
            }
            extractor = new Extractor(text, source, null);
            return true;
        }
        reason = "";
        try
        {
            extractor = new Extractor(text, null, new Regex(text[6..].Trim(), RegexOptions.CultureInvariant | RegexOptions.NonBacktracking));
            return true;
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            reason = $"the regular expression cannot be used: {error.Message.ReplaceLineEndings(" ")}";
            return false;
        }
    }

    /// <summary>The value: of a regular expression its first group, or all it matched; null when there is none.</summary>
    public string? Find(in Answer answer)
    {
        if (_regex is null) return _source!.Text(answer);
        var match = _regex.Match(Encoding.UTF8.GetString(answer.Body));
        return !match.Success ? null : match.Groups.Count > 1 ? match.Groups[1].Value : match.Value;
    }
}
