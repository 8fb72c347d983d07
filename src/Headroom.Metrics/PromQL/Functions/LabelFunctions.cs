using System.Text;
using System.Text.RegularExpressions;
using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Functions;

/// <summary><c>label_replace</c> and <c>label_join</c>.</summary>
internal static class LabelFunctions
{
    public static IEnumerable<(string Name, VectorFunction Function)> All => [("label_replace", Replace), ("label_join", Join)];

    private static Vector Replace(Evaluator evaluator, CallExpr call)
    {
        string into = Evaluator.Text(call.Arguments[1]), replacement = Evaluator.Text(call.Arguments[2]);
        string from = Evaluator.Text(call.Arguments[3]), pattern = Evaluator.Text(call.Arguments[4]);
        Regex regex;
        try
        {
            regex = Re2.Compile(pattern);
        }
        catch (Exception e) when (e is RegexParseException or NotSupportedException)
        {
            throw QueryContext.Failed($"invalid regular expression in label_replace(): {pattern}");
        }
        if (!IsLabelName(into)) throw QueryContext.Failed($"invalid destination label name in label_replace(): {into}");
        return Relabel(evaluator, call, into, labels =>
        {
            var match = regex.Match(labels[from]);
            return match.Success ? Expand(replacement, match) : null;
        });
    }

    private static Vector Join(Evaluator evaluator, CallExpr call)
    {
        string into = Evaluator.Text(call.Arguments[1]), separator = Evaluator.Text(call.Arguments[2]);
        string[] from = [.. call.Arguments.Skip(3).Select(Evaluator.Text)];
        if (Array.Find(from, name => !IsLabelName(name)) is { } wrong) throw QueryContext.Failed($"invalid source label name in label_join(): {wrong}");
        if (!IsLabelName(into)) throw QueryContext.Failed($"invalid destination label name in label_join(): {into}");
        return Relabel(evaluator, call, into, labels => string.Join(separator, from.Select(name => labels[name])));
    }

    /// <summary>Any UTF-8 text names a label, but not none; bytes that are no UTF-8 were read as U+FFFD.</summary>
    public static bool IsLabelName(string name) => name.Length > 0 && !name.Contains('\uFFFD');

    private static Vector Relabel(Evaluator evaluator, CallExpr call, string into, Func<Labels, string?> value)
    {
        var vector = evaluator.Vector(call.Arguments[0]);
        var changed = new List<Series>(vector.Series.Count);
        foreach (var series in vector.Series)
        {
            string? text = value(series.Labels);
            // Naming a series anew takes back that its name was to go.
            bool pending = series.NamePending && !(text is not null && into == Labels.MetricName);
            changed.Add(text is null ? series : new LazySeries(series.Labels.With(into, text), series.Take, pending));
        }
        return evaluator.Distinct(vector with { Series = changed });
    }

    /// <summary>Puts groups into a template: <c>$1</c>, <c>${1}</c>, <c>$name</c>, <c>$$</c>; the longest possible name counts, as in Go.</summary>
    private static string Expand(string template, Match match)
    {
        if (!template.Contains('$')) return template;
        var text = new StringBuilder();
        for (int i = 0; i < template.Length;)
        {
            char c = template[i++];
            if (c != '$' || i == template.Length)
            {
                text.Append(c);
                continue;
            }
            if (template[i] == '$')
            {
                text.Append('$');
                i++;
                continue;
            }
            bool braces = template[i] == '{';
            int start = braces ? i + 1 : i, end = start;
            while (end < template.Length && (char.IsLetterOrDigit(template[end]) || template[end] == '_')) end++;
            if (end == start || (braces && (end == template.Length || template[end] != '}')))
            {
                text.Append('$');
                continue;
            }
            text.Append(match.Groups[template[start..end]].Value);
            i = braces ? end + 1 : end;
        }
        return text.ToString();
    }
}
