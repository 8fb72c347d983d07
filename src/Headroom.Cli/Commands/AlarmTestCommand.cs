using System.CommandLine;
using System.Text.Json;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;
using Headroom.Configuration.Diagnostics;
using Headroom.Objectives.Alarms.Testing;
using Headroom.Server.Alarms;
using Headroom.Server.Projects;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom alarm test FILE…</c>: unit tests for alarms against given series.</summary>
internal sealed class AlarmTestCommand : HeadroomSubcommand
{
    private readonly Argument<string[]> _files = new("FILE") { Description = "Test files in promtool's form.", Arity = ArgumentArity.OneOrMore };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public AlarmTestCommand() : base("test", "Unit-tests alarms against given series; nothing is stored or told. Exit 1 when a test fails.")
    {
        Add(_files);
        Add(_output);
    }

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom alarm test alarms.test.yaml", "docs/alarms.md shows the form of the file.")];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var failures = new List<(string File, AlarmTestFailure Failure)>();
        int tests = 0;
        foreach (string file in context.Parse.GetValue(_files)!)
        {
            var read = AlarmTestFile.Read(file, await ReadAsync(file, context.Cancel));
            var runner = new AlarmTestRunner(Project(context, file, read).Alarming, AlarmBindings.Ports, context.Time);
            foreach (var test in read.Tests)
            {
                tests++;
                failures.AddRange((await runner.RunAsync(test, context.Cancel)).Select(f => (file, f)));
            }
        }
        int failed = failures.Select(f => (f.File, f.Failure.Test)).Distinct().Count();
        if (context.Parse.GetValue(_output) == "json") WriteJson(context.Output, tests, failed, failures);
        else Write(context.Output, tests, failed, failures);
        return failures.Count == 0 ? ExitCodes.Done : ExitCodes.Failed;
    }

    private static Project Project(CommandContext context, string file, AlarmTestFile tests)
    {
        if (context.Parse.GetValue(CommonOptions.Config) is not null) return ProjectFile.Load(CommonOptions.ConfigPath(context.Parse));
        string folder = Path.GetDirectoryName(Path.GetFullPath(file))!;
        if (tests.Configurations.Count > 1)
            throw new ProblemException(new Problem("alarm-test-files", "A test file names one headroom.yaml, which may include others.", file, "Give one file in rule_files."));
        string path = Path.Combine(folder, tests.Configurations is [var only] ? only : "headroom.yaml");
        return File.Exists(path) ? ProjectFile.Load(path) : throw new ProblemException(new Problem("config-missing", $"There is no file {path}.", file, "Name the headroom.yaml in rule_files, relative to the test file, or with -c."));
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken cancel)
    {
        try
        {
            return await File.ReadAllBytesAsync(file, cancel);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem("file-unreadable", $"Cannot read {file}: {error.Message}", "FILE", "Check the path."), error);
        }
    }

    private static void Write(TextWriter output, int tests, int failed, List<(string File, AlarmTestFailure Failure)> failures)
    {
        foreach (var (_, failure) in failures)
        {
            output.WriteLine($"FAILED: {TextTable.Printable(failure.Test)}");
            output.WriteLine($"  {failure.Where}");
            output.WriteLine(TextTable.Printable($"  {failure.What}"));
            output.WriteLine(TextTable.Printable($"  - exp: {failure.Expected}"));
            output.WriteLine(TextTable.Printable($"  + got: {failure.Got}"));
        }
        output.WriteLine($"{tests - failed} of {tests} tests passed");
    }

    private static void WriteJson(TextWriter output, int tests, int failed, List<(string File, AlarmTestFailure Failure)> failures)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("tests", tests);
            json.WriteNumber("failed", failed);
            json.WriteStartArray("failures");
            foreach (var (file, failure) in failures)
            {
                json.WriteStartObject();
                json.WriteString("file", file);
                json.WriteString("test", failure.Test);
                json.WriteString("where", failure.Where);
                json.WriteString("what", failure.What);
                json.WriteString("expected", failure.Expected);
                json.WriteString("got", failure.Got);
                json.WriteEndObject();
            }
            json.WriteEndArray();
            json.WriteEndObject();
        }
        output.WriteLine(System.Text.Encoding.UTF8.GetString(buffer.ToArray()));
    }
}
