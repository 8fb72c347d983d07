using Headroom.Cli.CommandLine;
using Headroom.Load.Results;

namespace Headroom.Cli.Load;

/// <summary>Writes a result to the files that were asked for.</summary>
internal static class LoadOutputs
{
    /// <summary>The files; null for those that were not asked for.</summary>
    internal sealed record Files(string? Json, string? Csv, string? JUnit, string? Html);

    public static async Task WriteAsync(LoadResult result, Files files, CommandContext context)
    {
        // A result that took an hour is written even when Ctrl-C ended it: nothing here is cancelled.
        if (files.Json is { } json)
        {
            string text = ResultJson.Write(result);
            if (json == "-") context.Output.WriteLine(text);
            else await SaveAsync(json, text, "result");
        }
        if (files.Csv is { } csv) await SaveAsync(csv, ResultCsv.Write(result), "course");
        if (files.JUnit is { } junit) await SaveAsync(junit, ResultJUnit.Write(result), "test report");
        if (files.Html is { } html) await SaveAsync(html, await Reports.Load.LoadReport.RenderAsync(result, CancellationToken.None), "report");

        async Task SaveAsync(string file, string text, string what)
        {
            await File.WriteAllTextAsync(file, text, CancellationToken.None);
            context.Error.WriteLine($"{what} written to {Path.GetFullPath(file)}");
        }
    }
}
