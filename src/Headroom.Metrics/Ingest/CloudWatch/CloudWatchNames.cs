using System.Text;

namespace Headroom.Metrics.Ingest.CloudWatch;

/// <summary>
/// CloudWatch's names as Prometheus's CloudWatch exporter writes them, so that its dashboards fit:
/// <c>AWS/ECS</c>, <c>CPUUtilization</c>, <c>Average</c> is <c>aws_ecs_cpuutilization_average</c>, the dimension
/// <c>ClusterName</c> is the label <c>cluster_name</c>.
/// </summary>
public static class CloudWatchNames
{
    /// <summary>A metric's name; the statistic, when there is one, stands at its end.</summary>
    public static string Metric(string space, string metric, string? statistic = null)
    {
        string name = Safe(space.ToLowerInvariant()) + "_" + Safe(Snake(metric)) + (statistic is null ? "" : "_" + Safe(Snake(statistic)).TrimEnd('_'));
        name = Once(name);
        return char.IsAsciiDigit(name[0]) ? "_" + name : name;
    }

    /// <summary>A dimension's label.</summary>
    public static string Label(string dimension)
    {
        string name = Once(Safe(Snake(dimension)));
        return char.IsAsciiDigit(name[0]) ? "_" + name : name;
    }

    private static string Snake(string text)
    {
        var snake = new StringBuilder(text.Length + 8);
        for (int i = 0; i < text.Length; i++)
        {
            if (i > 0 && char.IsAsciiLetterUpper(text[i]) && (char.IsAsciiLetterLower(text[i - 1]) || char.IsAsciiDigit(text[i - 1]))) snake.Append('_');
            snake.Append(char.ToLowerInvariant(text[i]));
        }
        return snake.ToString();
    }

    private static string Safe(string text) =>
        string.Create(text.Length, text, static (span, from) =>
        {
            for (int i = 0; i < span.Length; i++) span[i] = char.IsAsciiLetterOrDigit(from[i]) || from[i] == '_' ? from[i] : '_';
        });

    private static string Once(string text)
    {
        while (text.Contains("__", StringComparison.Ordinal)) text = text.Replace("__", "_", StringComparison.Ordinal);
        return text;
    }
}
