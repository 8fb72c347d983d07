using Headroom.Configuration.Diagnostics;

namespace Headroom.Cli.Output;

/// <summary>Says problems on standard error: what, where, and what to do.</summary>
internal static class ProblemWriter
{
    public static void Write(TextWriter output, IEnumerable<Problem> problems)
    {
        foreach (var problem in problems)
        {
            output.WriteLine("error: " + Indented(problem.What));
            if (problem.Where is not null) output.WriteLine("  at " + Indented(problem.Where));
            if (problem.Fix is not null) output.WriteLine("  fix: " + Indented(problem.Fix));
        }
    }

    /// <summary>The exit code of a list of problems: usage when any is the caller's input, else failure.</summary>
    public static int ExitCodeOf(IEnumerable<Problem> problems) =>
        problems.Any(p => p.Kind == ProblemKind.Invalid) ? ExitCodes.Usage : ExitCodes.Failed;

    private static string Indented(string text) => text.ReplaceLineEndings(Environment.NewLine + "    ");
}
