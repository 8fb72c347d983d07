using System.CommandLine;
using System.Runtime.InteropServices;
using Headroom.Cli.CommandLine;
using Headroom.Server;
using Microsoft.Extensions.Logging;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom serve</c>: the collector and its API, until it is told to stop.</summary>
internal sealed class ServeCommand : HeadroomSubcommand
{
    private readonly Option<string> _host = new("--host") { Description = "Address to listen on.", HelpName = "ADDRESS", DefaultValueFactory = _ => "127.0.0.1" };
    private readonly Option<int> _port = new("--port") { Description = "Port to listen on; 0 takes a free one.", HelpName = "PORT", DefaultValueFactory = _ => ServerOptions.DefaultPort };

    public ServeCommand() : base("serve", "Takes in metrics, answers queries and shows the KPI page, until Ctrl-C.")
    {
        _port.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !(int.TryParse(token.Value, out int port) && port is >= 0 and <= 65535))
                result.AddError($"--port takes a number from 0 to 65535, not '{token.Value}'");
        });
        Add(_host);
        Add(_port);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom serve", "Listen on http://127.0.0.1:8080 and keep data in .headroom."),
        ("headroom serve --port 9000 --data /var/lib/headroom -c headroom.yaml", "Another port, directory and project."),
        ("headroom key create agents --scope ingest && headroom serve --host 0.0.0.0", "Listen for other machines, which need a key."),
        ("""curl -d '{"service_name":"api","metric_type":"latency","value":0.12,"unit":"s"}' http://127.0.0.1:8080/metrics""", "Send it a value."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        await using var server = await HeadroomServer.StartAsync(new ServerOptions
        {
            DataDirectory = context.Parse.GetValue(CommonOptions.Data)!,
            ConfigPath = CommonOptions.ConfigPath(context.Parse),
            Host = context.Parse.GetValue(_host)!,
            Port = context.Parse.GetValue(_port),
            EvaluatesAlarms = true,
            Time = context.Time,
            CollectsSources = true,
            Log = context.Error,
            MinimumLogLevel = context.Verbose ? LogLevel.Debug : LogLevel.Information,
        }, context.Cancel);
        context.Output.WriteLine($"Headroom listens on {server.Url!.ToString().TrimEnd('/')}");
        await server.RunUntilAsync(context.Cancel);
        // A supervisor stops a service with SIGTERM, and that is no failure; a person's Ctrl-C is an interruption.
        return context.Signal == PosixSignal.SIGTERM ? ExitCodes.Done : ExitCodes.Interrupted;
    }
}
