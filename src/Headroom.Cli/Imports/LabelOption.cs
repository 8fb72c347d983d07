using System.CommandLine;

namespace Headroom.Cli.Imports;

/// <summary>The option that every import has: labels for series without them.</summary>
internal static class LabelOption
{
    /// <summary><c>--label name=value</c></summary>
    public static Option<string[]> Create()
    {
        var option = new Option<string[]>("--label") { Description = "A label for every series that has none of that name; may be repeated.", HelpName = "NAME=VALUE" };
        option.Validators.Add(static result =>
        {
            foreach (var token in result.Tokens)
                if (token.Value.IndexOf('=', StringComparison.Ordinal) <= 0)
                    result.AddError($"--label takes name=value, not '{token.Value}'");
        });
        return option;
    }

    /// <summary>The same as parameters of a route.</summary>
    public static IEnumerable<(string Name, string? Value)> Parameters(string[]? labels) => (labels ?? []).Select(l => ("label", (string?)l));
}
