using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Headroom.Cli.CommandLine;

/// <summary>The usual help, followed by examples that can be copied.</summary>
internal sealed class HelpWithExamples(HelpAction standard) : SynchronousCommandLineAction
{
    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        int code = standard.Invoke(parseResult);
        if (parseResult.CommandResult.Command is IHasExamples { Examples: { Count: > 0 } examples })
        {
            var output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (var (line, what) in examples)
            {
                output.WriteLine("  # " + what);
                output.WriteLine("  " + line);
            }
            output.WriteLine();
        }
        return code;
    }
}

/// <summary>A command that shows how it is used.</summary>
internal interface IHasExamples
{
    /// <summary>Command lines and what each does.</summary>
    IReadOnlyList<(string Line, string What)> Examples { get; }
}
