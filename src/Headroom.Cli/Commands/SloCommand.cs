using System.CommandLine;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;
using Headroom.Cli.Slos;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom slo</c>: every SLO with its compliance, error budget and burn rates.</summary>
internal sealed class SloCommand : HeadroomSubcommand
{
    private readonly Option<long?> _at = TimeExpression.Option("--at", "The instant to judge [default: now].", TimeProvider.System);
    private readonly Option<string?> _name = new("--name") { Description = "Only this SLO.", HelpName = "NAME" };
    private readonly Option<bool> _explain = new("--explain") { Description = "Show for each number the query, window, samples and formula it came from." };
    private readonly Option<string?> _failOn = new("--fail-on") { Description = "Exit 99 when an SLO is missed, 98 when one has no data or there is none.", HelpName = "missed" };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public SloCommand() : base("slo", "Shows the SLOs of headroom.yaml: compliance, error budget, burn rates.")
    {
        _failOn.AcceptOnlyFromAmong("missed");
        foreach (Option option in (ReadOnlySpan<Option>)[_at, _name, _explain, _failOn, _output]) Add(option);
        Add(new SloHistoryCommand());
        Add(new SloImportCommand());
        Add(new SloExportCommand());
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom slo", "The SLOs of ./headroom.yaml, now."),
        ("headroom slo --name 'api availability' --explain", "Where one's numbers come from."),
        ("headroom slo --fail-on missed --output json", "For a pipeline."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var parse = context.Parse;
        await using var api = context.Connect();
        using var document = await api.GetJsonAsync(ApiClient.PathWith("/api/slos", ("at", CommonOptions.Seconds(parse.GetValue(_at))), ("name", parse.GetValue(_name)),
            ("explain", parse.GetValue(_explain) ? "true" : null), CommonOptions.ConfigParameter(parse, api)), context.Cancel);
        var slos = document.RootElement.GetProperty("slos");
        if (parse.GetValue(_output) == "json") context.Output.WriteLine(document.RootElement.GetRawText());
        else SloText.Write(context.Output, document.RootElement);
        if (parse.GetValue(_failOn) is null) return ExitCodes.Done;
        var names = slos.EnumerateArray().Select(s => (Name: s.GetProperty("name").GetString()!, Status: s.GetProperty("status").GetString())).ToList();
        if (names.Where(n => n.Status == "missed").Select(n => n.Name).Distinct().ToList() is { Count: > 0 } missed) return Say(context, $"gate shut: {string.Join(", ", missed)}", ExitCodes.Missed);
        if (names.Count == 0) return Say(context, "no verdict: there are no SLOs", ExitCodes.NotValid);
        return names.Where(n => n.Status != "met").Select(n => n.Name).Distinct().ToList() is { Count: > 0 } silent ? Say(context, $"no verdict: no data for {string.Join(", ", silent)}", ExitCodes.NotValid) : ExitCodes.Done;
    }

    private static int Say(CommandContext context, string text, int code)
    {
        context.Error.WriteLine(TextTable.Printable(text));
        return code;
    }
}
