using System.Net.Http.Headers;
using System.Text.Json;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;
using Headroom.Configuration.Diagnostics;
using Headroom.Metrics.Ingest;
using Headroom.Server.Import;

namespace Headroom.Cli.Imports;

/// <summary>What became of one file.</summary>
/// <param name="File">The file as the user named it.</param>
/// <param name="Metric">The metric it was stored as; null for formats that name their own.</param>
/// <param name="Report">What was read; null when the file as a whole was refused.</param>
/// <param name="Problems">Why it was refused; empty otherwise.</param>
internal sealed record ImportedFile(string File, string? Metric, ImportReport? Report, IReadOnlyList<Problem> Problems);

/// <summary>
/// Sends files to an import route one after the other, and reports on each and on all. A file that cannot be used does
/// not keep the others from being imported.
/// </summary>
internal static class FileImport
{
    private const int RejectionsShown = 10;

    /// <summary>Imports files; <paramref name="route"/> gives the path and query for a file, and the metric's name if the route needs one.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(CommandContext context, IReadOnlyList<string> files, string contentType, string format, Func<string, (string Path, string? Metric)> route)
    {
        var done = new List<ImportedFile>();
        await using (var api = context.Connect())
        {
            using var progress = Progress.OnTerminal(context.Time);
            foreach (string file in files)
            {
                var (path, metric) = route(file);
                done.Add(await OneAsync(api, file, path, metric, contentType, progress, context.Cancel));
                progress.Clear();
                if (format == "table") Print(context, done[^1]);
            }
        }
        if (format == "json") context.Output.WriteLine(ImportSummaryJson.Write(done));
        else if (done.Count > 1) PrintTotal(context.Output, done);
        return done.Exists(f => f.Problems.Count > 0) ? ProblemWriter.ExitCodeOf(done.SelectMany(f => f.Problems))
            : done.Exists(f => f.Report is { Samples: 0, Rejected: > 0 }) ? ExitCodes.Failed
            : ExitCodes.Done;
    }

    /// <summary>What a file is called where nothing better is known; null for standard input.</summary>
    public static string? NameOf(string file) => file == "-" ? null : Path.GetFileNameWithoutExtension(file);

    private static async Task<ImportedFile> OneAsync(ApiClient api, string file, string path, string? metric, string contentType, Progress progress, CancellationToken cancel)
    {
        try
        {
            await using var stream = Open(file, progress);
            using var content = new StreamContent(stream, 1 << 16);
            content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
            using var response = await api.SendAsync(HttpMethod.Post, path, content, cancel);
            await using var body = await response.Content.ReadAsStreamAsync(cancel);
            return new ImportedFile(file, metric, await JsonSerializer.DeserializeAsync(body, ImportJson.Default.ImportReport, cancel), []);
        }
        catch (ProblemException problem)
        {
            return new ImportedFile(file, metric, null, [.. problem.Problems.Select(p => p with { Where = p.Where is null ? file : $"{file}, {p.Where}" })]);
        }
    }

    private static ProgressStream Open(string file, Progress progress)
    {
        try
        {
            // "-" is standard input, whose length nobody knows.
            var stream = file == "-" ? Console.OpenStandardInput() : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
            double length = file == "-" ? 0 : stream.Length;
            return new ProgressStream(stream, read => progress.Show(length > 0 ? $"{file}: {read / length:0%}" : $"{file}: {read >> 20} MiB"));
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem("file-unreadable", error is FileNotFoundException or DirectoryNotFoundException ? "The file does not exist." : $"The file cannot be read: {error.Message}",
                null, "Check the path.") { Kind = ProblemKind.Failed }, error);
        }
    }

    private static void Print(CommandContext context, ImportedFile file)
    {
        ProblemWriter.Write(context.Error, file.Problems);
        if (file.Report is not { } report) return;
        string metric = file.Metric is null ? "" : $" as {file.Metric}";
        context.Output.WriteLine($"{file.File}: {report.Samples} samples read{metric}, {report.Series} series, {report.Rejected} rejected");
        foreach (var rejection in report.Rejections.Take(RejectionsShown))
            context.Output.WriteLine($"  line {rejection.Line}{(rejection.Column > 0 ? $", column {rejection.Column}" : "")}: {TextTable.Printable(rejection.Reason)}");
        if (report.Rejected > RejectionsShown) context.Output.WriteLine($"  and {report.Rejected - Math.Min(RejectionsShown, report.Rejections.Count)} more; --output json lists the first {report.Rejections.Count}");
        foreach (string warning in report.Warnings) context.Error.WriteLine($"warning: {file.File}: {warning}");
    }

    private static void PrintTotal(TextWriter output, List<ImportedFile> files)
    {
        var reports = files.Where(f => f.Report is not null).Select(f => f.Report!).ToArray();
        output.WriteLine($"total: {reports.Sum(r => r.Samples)} samples read, {reports.Sum(r => r.Series)} series, {reports.Sum(r => r.Rejected)} rejected, from {reports.Length} of {files.Count} files");
    }
}
