using System.CommandLine;
using Headroom.Cli.CommandLine;
using Headroom.Objectives.Slos;
using Headroom.Objectives.Slos.OpenSlo;
using Headroom.Server.Projects;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom slo export openslo|prometheus</c>: the SLOs of headroom.yaml for other tools.</summary>
internal sealed class SloExportCommand : HeadroomSubcommand
{
    private readonly Argument<string> _format = new("FORMAT") { Description = "openslo: OpenSLO v1 documents; prometheus: recording and alerting rules as Sloth writes them." };

    public SloExportCommand() : base("export", "Writes the SLOs of headroom.yaml as OpenSLO or as Prometheus rules, on standard output.")
    {
        _format.AcceptOnlyFromAmong("openslo", "prometheus");
        Add(_format);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom slo export prometheus > slo-rules.yaml", "Rules for Prometheus; check them with: promtool check rules slo-rules.yaml"),
        ("headroom slo export openslo", "OpenSLO v1, one document an SLO."),
    ];

    public override Task<int> RunAsync(CommandContext context)
    {
        var slos = ProjectFile.Load(CommonOptions.ConfigPath(context.Parse)).Slos;
        context.Output.Write(context.Parse.GetValue(_format) == "openslo" ? OpenSloWriter.Write(slos) : PrometheusRules.Write(slos));
        return Task.FromResult(ExitCodes.Done);
    }
}
