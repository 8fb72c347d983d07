using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Headroom.Cli.CommandLine;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom deployment record</c>: notes that something was deployed.</summary>
internal sealed class DeploymentRecordCommand : HeadroomSubcommand
{
    private readonly Option<string?> _service = new("--service") { Description = "The service; without it, the deployment concerns all.", HelpName = "NAME" };
    private readonly Option<string?> _version = new("--version") { Description = "What was deployed.", HelpName = "TEXT" };
    private readonly Option<long?> _at = TimeExpression.Option("--at", "When [default: now].", TimeProvider.System);
    private readonly Option<string?> _id = new("--id") { Description = "Names the deployment, so that recording it again changes nothing.", HelpName = "ID" };
    private readonly Option<string?> _note = new("--note") { Description = "A sentence for people.", HelpName = "TEXT" };
    private readonly Option<string[]> _expects = new("--expects") { Description = "A KPI or query that is known to get worse by it, or * for any; may be repeated.", HelpName = "KPI" };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public DeploymentRecordCommand() : base("record", "Records a deployment, so that changes of measurements can be laid beside it.")
    {
        foreach (Option option in (ReadOnlySpan<Option>)[_service, _version, _at, _id, _note, _expects, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom deployment record --service api --version 1.8.0", "In a pipeline, after the rollout."),
        ("headroom deployment record --service api --version 1.9.0 --expects \"API p95 latency\" --note \"signs every answer\"", "Known to cost time: headroom regress does not exit 99 for it."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var parse = context.Parse;
        var body = new JsonObject
        {
            ["id"] = parse.GetValue(_id),
            ["service"] = parse.GetValue(_service),
            ["version"] = parse.GetValue(_version),
            ["time"] = CommonOptions.Seconds(parse.GetValue(_at)),
            ["note"] = parse.GetValue(_note),
            ["expects"] = new JsonArray([.. (parse.GetValue(_expects) ?? []).Select(e => JsonValue.Create(e))]),
        };
        await using var api = context.Connect();
        using var answer = await api.PostJsonAsync("/api/deployments", new StringContent(body.ToJsonString(), Encoding.UTF8, "application/json"), context.Cancel);
        context.Output.WriteLine(parse.GetValue(_output) == "json" ? answer.RootElement.GetRawText() : $"recorded {answer.RootElement.GetProperty("id").GetString()}");
        return ExitCodes.Done;
    }
}
