using System.CommandLine;

namespace Headroom.Cli.CommandLine;

/// <summary>A command of Headroom: its line, its examples, and what it does.</summary>
internal abstract class HeadroomSubcommand : Command, IHasExamples
{
    protected HeadroomSubcommand(string name, string description) : base(name, description) =>
        // The parser asks for an action to accept a command as complete; HeadroomCommand calls RunAsync itself.
        SetAction(static _ => ExitCodes.Done);

    public abstract IReadOnlyList<(string Line, string What)> Examples { get; }

    /// <summary>Does the command's work.</summary>
    /// <returns>One of <see cref="ExitCodes"/>.</returns>
    public abstract Task<int> RunAsync(CommandContext context);
}

/// <summary>A noun that only groups commands.</summary>
internal sealed class CommandGroup : Command, IHasExamples
{
    public CommandGroup(string name, string description, params ReadOnlySpan<HeadroomSubcommand> commands) : base(name, description)
    {
        foreach (var command in commands) Add(command);
        Examples = [.. commands.ToArray().Select(c => c.Examples[0])];
    }

    public IReadOnlyList<(string Line, string What)> Examples { get; }
}
