using System.CommandLine;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom deployment list</c></summary>
internal sealed class DeploymentListCommand : HeadroomSubcommand
{
    private readonly Option<string?> _service = new("--service") { Description = "Only this service's.", HelpName = "NAME" };
    private readonly Option<long?> _from = TimeExpression.Option("--from", "Not before this instant.", TimeProvider.System);
    private readonly Option<long?> _to = TimeExpression.Option("--to", "Not after this instant.", TimeProvider.System);
    private readonly Option<int> _limit = new("--limit") { Description = "Most entries.", HelpName = "N", DefaultValueFactory = _ => 100 };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public DeploymentListCommand() : base("list", "Shows recorded deployments, the latest first.")
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_service, _from, _to, _limit, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom deployment list --service api --from now-7d", "A week of one service.")];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var parse = context.Parse;
        await using var api = context.Connect();
        using var json = await api.GetJsonAsync(ApiClient.PathWith("/api/deployments", ("service", parse.GetValue(_service)), ("from", CommonOptions.Seconds(parse.GetValue(_from))),
            ("to", CommonOptions.Seconds(parse.GetValue(_to))), ("limit", parse.GetValue(_limit).ToString(System.Globalization.CultureInfo.InvariantCulture))), context.Cancel);
        if (parse.GetValue(_output) == "json")
        {
            context.Output.WriteLine(json.RootElement.GetRawText());
            return ExitCodes.Done;
        }
        var table = new TextTable(("TIME", false), ("SERVICE", false), ("VERSION", false), ("ID", false), ("NOTE", false));
        foreach (var deployment in json.RootElement.GetProperty("deployments").EnumerateArray())
            table.Add($"{deployment.GetProperty("time").GetDateTimeOffset():yyyy-MM-dd HH:mm:ss}Z", deployment.GetProperty("service").GetString()!, deployment.GetProperty("version").GetString()!,
                deployment.GetProperty("id").GetString()!, deployment.GetProperty("note").GetString()!);
        table.WriteTo(context.Output);
        return ExitCodes.Done;
    }
}
