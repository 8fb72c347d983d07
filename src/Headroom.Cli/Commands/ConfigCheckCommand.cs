using System.CommandLine;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;
using Headroom.Configuration.Loading;
using Headroom.Server.Alarms;
using Headroom.Server.Projects;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom config check</c>: everything that is wrong with headroom.yaml, at once.</summary>
internal sealed class ConfigCheckCommand : HeadroomSubcommand
{
    public ConfigCheckCommand() : base("check", "Reports every error in headroom.yaml with file and line.") { }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom config check", "Check ./headroom.yaml."),
        ("headroom config check -c deploy/headroom.yaml", "Check another file; exit 2 when it has errors."),
    ];

    public override Task<int> RunAsync(CommandContext context)
    {
        // Not CommonOptions.ConfigPath: the loader itself says what is wrong with a path, in the same form as the rest.
        string path = context.Parse.GetValue(CommonOptions.Config) ?? ConfigurationLoader.DefaultFileName;
        var outcome = ProjectFile.Loader.Load(path, Environment.CurrentDirectory);
        if (outcome.Configuration is { } configuration)
        {
            AlarmBindings.ProjectIn(configuration);
            int kpis = ProjectFile.KpisIn(configuration).Count;
            context.Output.WriteLine($"{path}: no errors; project {configuration.Project}, {kpis} KPI{(kpis == 1 ? "" : "s")}, {configuration.Files.Count} file{(configuration.Files.Count == 1 ? "" : "s")}");
            return Task.FromResult(ExitCodes.Done);
        }
        ProblemWriter.Write(context.Error, outcome.Problems);
        context.Error.WriteLine($"{outcome.Problems.Count} error{(outcome.Problems.Count == 1 ? "" : "s")} in {path}");
        return Task.FromResult(ExitCodes.Usage);
    }
}
