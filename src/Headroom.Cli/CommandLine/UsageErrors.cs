using System.CommandLine;
using System.CommandLine.Parsing;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Values;

namespace Headroom.Cli.CommandLine;

/// <summary>What is wrong with a command line, said as problems with the nearest known word.</summary>
internal static class UsageErrors
{
    /// <summary>The problems of a parse that has errors.</summary>
    public static IReadOnlyList<Problem> Describe(ParseResult parse)
    {
        var command = parse.CommandResult.Command;
        string path = PathOf(parse.CommandResult);
        var problems = new List<Problem>();
        foreach (string token in parse.UnmatchedTokens) problems.Add(Unknown(token, command, parse.CommandResult, path));
        // The parser repeats the unmatched tokens among its errors, and follows an unknown command by "required command missing".
        foreach (var error in parse.Errors)
            if (!parse.UnmatchedTokens.Any(t => error.Message.Contains($"'{t}'", StringComparison.Ordinal))
                && !(problems.Count > 0 && command.Subcommands.Count > 0 && command.Action is null))
                problems.Add(new Problem("usage", Sentence(error.Message), path, $"See {path} --help."));
        return problems.Count > 0 ? problems : [new Problem("usage", "This command line cannot be read.", path, $"See {path} --help.")];
    }

    private static Problem Unknown(string token, Command command, CommandResult result, string path)
    {
        if (token.StartsWith('-'))
        {
            string name = token.Split('=', ':')[0];
            string? option = NearestName.Of(name, OptionsOf(result).SelectMany(o => o.Aliases.Append(o.Name)));
            return new Problem("unknown-option", $"There is no option '{name}'.", path, option is null ? $"See {path} --help." : $"Did you mean {option}?");
        }
        if (command.Subcommands.Count > 0)
        {
            string? near = NearestName.Of(token, command.Subcommands.Select(c => c.Name));
            return new Problem("unknown-command", $"There is no command '{token}'.", path,
                near is null ? $"{path} has: {string.Join(", ", command.Subcommands.Where(c => !c.Hidden).Select(c => c.Name))}." : $"Did you mean '{path} {near}'?");
        }
        return new Problem("unexpected-argument", $"'{token}' is one argument too many.", path, $"See {path} --help.");
    }

    private static IEnumerable<Option> OptionsOf(CommandResult result)
    {
        foreach (var option in result.Command.Options) yield return option;
        for (var parent = result.Parent as CommandResult; parent is not null; parent = parent.Parent as CommandResult)
            foreach (var option in parent.Command.Options)
                if (option.Recursive)
                    yield return option;
    }

    private static string PathOf(CommandResult result)
    {
        var names = new List<string>();
        for (CommandResult? at = result; at is not null; at = at.Parent as CommandResult)
            names.Insert(0, at.Parent is null ? "headroom" : at.Command.Name);
        return string.Join(' ', names);
    }

    private static string Sentence(string message) => message.EndsWith('.') ? message : message + ".";
}
