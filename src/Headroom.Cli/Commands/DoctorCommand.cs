using System.CommandLine;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Doctor;
using Headroom.Configuration.Loading;
using Headroom.Server;
using Headroom.Server.Projects;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom doctor</c>: looks at everything a set-up needs, and says what to mend.</summary>
internal sealed class DoctorCommand : HeadroomSubcommand
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly Option<int> _port = new("--port") { Description = "The port headroom serve would take.", HelpName = "PORT", DefaultValueFactory = _ => ServerOptions.DefaultPort };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public DoctorCommand() : base("doctor", "Checks a set-up: configuration, data directory, disk, port, clock, and what the configuration names.")
    {
        Add(_port);
        Add(_output);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom doctor", "Look at everything; exit 1 when something must be mended."),
        ("headroom doctor -c deploy/headroom.yaml --data /var/lib/headroom --output json", "Another project and directory, for a machine."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        // Not CommonOptions.ConfigPath: a file that is missing is a finding here.
        string? config = context.Parse.GetValue(CommonOptions.Config) ?? (File.Exists(ConfigurationLoader.DefaultFileName) ? ConfigurationLoader.DefaultFileName : null);
        using var http = new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false }) { Timeout = Patience };
        var examination = await Examination.RunAsync(
        [
            new ConfigurationCheck(config),
            new DataDirectoryCheck(context.Parse.GetValue(CommonOptions.Data)!, context.Time),
            new PortCheck(context.Parse.GetValue(_port), http),
            new ReachCheck(Targets(config, CommonOptions.ServerAddress(context.Parse)), http, context.Time),
            new PeersCheck(context.Time),
        ], context.Cancel);
        if (context.Parse.GetValue(_output) == "json") examination.WriteJson(context.Output);
        else examination.WriteTable(context.Output);
        return examination.ExitCode;
    }

    private static List<(string What, Uri Address)> Targets(string? config, Uri? server)
    {
        var targets = new List<(string, Uri)>();
        if (server is not null) targets.Add(("--server", new Uri(server, "/health")));
        // A configuration with errors is told by its own check.
        if (config is not null && ProjectFile.Loader.Load(config, Environment.CurrentDirectory).Configuration is { } configuration)
            targets.AddRange(ProjectFile.AddressesIn(configuration));
        return targets;
    }
}
