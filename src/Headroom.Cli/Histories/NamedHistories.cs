using System.Text.Json;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;
using Headroom.Cli.Queries;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics;
using Headroom.Metrics.PromQL;
using Headroom.Objectives.Histories;

namespace Headroom.Cli.Histories;

/// <summary>A history and where it came from: a file, or a series of an expression.</summary>
internal sealed record NamedHistory(string? File, Labels? Series, History History)
{
    /// <summary>The name for people.</summary>
    public string Name => File ?? (Series is { Count: > 0 } labels ? labels.ToString()! : "{}");

    /// <summary>Starts the history's JSON object: <c>{"file":…</c> or <c>{"labels":{…}</c>.</summary>
    public void WriteStart(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        if (File is not null)
        {
            json.WriteString("file", File);
            return;
        }
        json.WriteStartObject("labels");
        foreach (var (name, value) in Series!) json.WriteString(name, value);
        json.WriteEndObject();
    }
}

/// <summary>Reads the histories a command line names. A file that cannot be read is told, and the others are read.</summary>
internal static class NamedHistories
{
    /// <summary>What each history comes to, in order, computed on all cores a batch at a time; returns 1 when a file could not be read, else 0.</summary>
    public static async Task<int> ForEachAsync<T>(CommandContext context, HistoryOptions options, Func<NamedHistory, T> judge, Action<NamedHistory, T> show)
    {
        if (context.Parse.GetValue(options.Csv) is { Length: > 0 } files) return ForEachFile(context, files, context.Parse.GetValue(options.Column), judge, show);
        await using var source = new ApiExpressions(context.Connect(), context.Time);
        var (start, end, step) = options.Range(context.Parse, context.Time);
        if (end < start) throw new ProblemException(new Problem("range-reversed", "The range ends before it starts.", "--end", "Give an --end after --start."));
        var answer = await source.RangeAsync(context.Parse.GetValue(options.Expression)!, start, end, step, context.Cancel);
        foreach (string warning in answer.Warnings) context.Error.WriteLine("warning: " + warning);
        using var document = JsonDocument.Parse(answer.Data);
        if (PrometheusData.Read(document.RootElement) is not MatrixValue { Series.Count: > 0 } matrix)
        {
            context.Error.WriteLine("note: the expression gave no series in this range");
            return ExitCodes.Done;
        }
        foreach (var series in matrix.Series)
        {
            var points = series.Points.Where(p => p.Histogram is null).ToArray();
            var named = new NamedHistory(null, series.Labels, new History([.. points.Select(p => p.Value)], [.. points.Select(p => p.Time)]));
            show(named, judge(named));
        }
        return ExitCodes.Done;
    }

    private static int ForEachFile<T>(CommandContext context, string[] files, string? column, Func<NamedHistory, T> judge, Action<NamedHistory, T> show)
    {
        int code = ExitCodes.Done;
        // In order, and no more in memory than a batch.
        foreach (string[] batch in files.Chunk(4 * Environment.ProcessorCount))
        {
            var done = batch.AsParallel().AsOrdered().WithCancellation(context.Cancel).Select(file =>
            {
                try
                {
                    using var text = file == "-" ? Console.In : new StreamReader(file);
                    var named = new NamedHistory(file, null, HistoryCsv.Read(text, column));
                    return (Named: named, Result: judge(named), Problem: (Problem?)null);
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    return (null!, default!, new Problem("file-unreadable", error is FileNotFoundException or DirectoryNotFoundException ? $"There is no file {file}." : $"{file} cannot be read: {error.Message}", "--csv", "Check the path."));
                }
                catch (ProblemException error)
                {
                    return (null!, default!, error.Problems[0] with { Where = $"{file} {error.Problems[0].Where}".TrimEnd() });
                }
            }).ToArray();
            foreach (var (named, result, problem) in done)
            {
                if (problem is not null)
                {
                    ProblemWriter.Write(context.Error, [problem]);
                    code = ExitCodes.Failed;
                    continue;
                }
                if (!named.History.Values.Any(double.IsFinite)) context.Error.WriteLine($"warning: {TextTable.Printable(named.Name)} holds no values");
                show(named, result);
            }
        }
        return code;
    }
}
