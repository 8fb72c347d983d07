using Headroom.Cli.CommandLine;
using Headroom.Configuration.Diagnostics;
using Headroom.Load.Results;

namespace Headroom.Cli.Load;

/// <summary>Writes a result to the files that were asked for.</summary>
internal static class LoadOutputs
{
    /// <summary>The files; null for those that were not asked for.</summary>
    internal sealed record Files(string? Json, string? Csv, string? JUnit, string? Html);

    /// <summary>Opens each file once, so that a path that cannot be written costs no run.</summary>
    /// <exception cref="ProblemException">One cannot be written.</exception>
    public static void Check(Files files)
    {
        var problems = new List<Problem>();
        foreach (var (option, path) in (ReadOnlySpan<(string, string?)>)[("--out", files.Json), ("--csv", files.Csv), ("--junit", files.JUnit), ("--html", files.Html)])
        {
            if (path is null or "-") continue;
            try
            {
                File.Open(path, FileMode.OpenOrCreate, FileAccess.Write).Dispose();
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
            {
                problems.Add(new Problem("file-unwritable", $"{path} cannot be written: {error.Message}", option, "Name a file in a folder that exists."));
            }
        }
        if (problems.Count > 0) throw new ProblemException(problems);
    }

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
