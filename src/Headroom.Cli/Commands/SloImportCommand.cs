using System.CommandLine;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;
using Headroom.Configuration.Diagnostics;
using Headroom.Objectives.Slos;
using Headroom.Objectives.Slos.OpenSlo;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom slo import FILE…</c>: OpenSLO documents as a section of headroom.yaml.</summary>
internal sealed class SloImportCommand : HeadroomSubcommand
{
    private const int LargestFile = 4 << 20;

    private readonly Argument<string[]> _files = new("FILE") { Description = "OpenSLO v1 documents; - is standard input.", Arity = ArgumentArity.OneOrMore };

    public SloImportCommand() : base("import", "Translates OpenSLO v1 documents into the section slos of headroom.yaml, on standard output.") => Add(_files);

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom slo import openslo.yaml > slos.yaml", "Then add to headroom.yaml: include: [slos.yaml]")];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var slos = new List<SloDefinition>();
        var problems = new List<Problem>();
        foreach (string file in context.Parse.GetValue(_files)!)
        {
            var reading = OpenSloReader.Read(file, await ReadAsync(file, context.Cancel));
            slos.AddRange(reading.Slos);
            problems.AddRange(reading.Problems);
            foreach (string warning in reading.Warnings) context.Error.WriteLine("warning: " + TextTable.Printable(warning));
        }
        context.Output.Write(SloYaml.Write(slos));
        if (problems.Count == 0) return ExitCodes.Done;
        ProblemWriter.Write(context.Error, problems);
        return ProblemWriter.ExitCodeOf(problems);
    }

    private static async Task<byte[]> ReadAsync(string file, CancellationToken cancel)
    {
        try
        {
            await using var stream = file == "-" ? Console.OpenStandardInput() : new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            using var buffer = new MemoryStream();
            var part = new byte[81920];
            int got;
            while ((got = await stream.ReadAsync(part, cancel)) > 0)
            {
                buffer.Write(part, 0, got);
                if (buffer.Length > LargestFile) throw new ProblemException(new Problem("file-too-large", $"{file} is larger than 4 MiB.", "FILE", "Split it."));
            }
            return buffer.ToArray();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ProblemException(new Problem("file-unreadable", $"Cannot read {file}: {error.Message}", "FILE", "Check the path."), error);
        }
    }
}
