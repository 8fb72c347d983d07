using System.CommandLine;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Slos;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom slo history NAME</c>: one SLO by calendar period.</summary>
internal sealed class SloHistoryCommand : HeadroomSubcommand
{
    private readonly Argument<string> _name = new("NAME") { Description = "The SLO." };
    private readonly Option<string?> _period = new("--period") { Description = "Which periods [default: the SLO's own, else month].", HelpName = "day|week|month|quarter|year" };
    private readonly Option<string?> _zone = new("--zone") { Description = "The time zone, by its IANA name [default: the SLO's own, else UTC].", HelpName = "ZONE" };
    private readonly Option<int> _count = new("--count") { Description = "How many, the one under way included.", HelpName = "N", DefaultValueFactory = _ => 6 };
    private readonly Option<long?> _at = TimeExpression.Option("--at", "The instant to look back from [default: now].", TimeProvider.System);
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public SloHistoryCommand() : base("history", "Shows how an SLO did in each calendar period.")
    {
        _period.AcceptOnlyFromAmong("day", "week", "month", "quarter", "year");
        Add(_name);
        foreach (Option option in (ReadOnlySpan<Option>)[_period, _zone, _count, _at, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples => [("headroom slo history 'api availability' --period month --count 12", "A year by months.")];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var parse = context.Parse;
        await using var api = context.Connect();
        using var document = await api.GetJsonAsync(ApiClient.PathWith($"/api/slos/{Uri.EscapeDataString(parse.GetValue(_name)!)}/history",
            ("period", parse.GetValue(_period)), ("zone", parse.GetValue(_zone)), ("count", parse.GetValue(_count).ToString(System.Globalization.CultureInfo.InvariantCulture)),
            ("at", CommonOptions.Seconds(parse.GetValue(_at))), CommonOptions.ConfigParameter(parse, api)), context.Cancel);
        if (parse.GetValue(_output) == "json") context.Output.WriteLine(document.RootElement.GetRawText());
        else SloText.WriteHistory(context.Output, document.RootElement);
        return ExitCodes.Done;
    }
}
