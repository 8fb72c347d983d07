using System.CommandLine;
using System.Text.Json.Nodes;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Experiments;
using Headroom.Objectives.Experiments;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom experiment define</c>: what is compared, and by which metric.</summary>
internal sealed class ExperimentDefineCommand : HeadroomSubcommand
{
    private readonly Argument<string> _name = ExperimentArguments.Name();
    private readonly Option<string[]> _variants = new("--variant") { Description = "A variant and its weight; the first is the control. Repeat it.", HelpName = "NAME=WEIGHT", Required = true };
    private readonly Option<string> _metric = new("--metric") { Description = "The metric that decides; lower is better unless it says higher.", HelpName = MetricText.Form, Required = true };
    private readonly Option<string[]> _guards = new("--guard") { Description = "A metric that must not get worse by more than its tolerance; may be repeated.", HelpName = MetricText.Form };
    private readonly Option<double> _significance = new("--significance") { Description = "Chance of a false verdict, however often one looks.", HelpName = "P", DefaultValueFactory = _ => 0.05 };
    private readonly Option<double> _effect = new("--minimum-effect") { Description = "The smallest change that matters, in percent of the control.", HelpName = "PERCENT", DefaultValueFactory = _ => 5 };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public ExperimentDefineCommand() : base("define", "Defines an A/B test, or changes the weights of one.")
    {
        Add(_name);
        foreach (Option option in (ReadOnlySpan<Option>)[_variants, _metric, _guards, _significance, _effect, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom experiment define connection-pool --variant fixed=50 --variant adaptive=50 --metric duration:p95 --guard success:higher:1%", "Two pools, judged by the 95th percentile, while success must not drop by more than 1%."),
        ("headroom experiment define connection-pool --variant fixed=10 --variant adaptive=90 --metric duration:p95 --guard success:higher:1%", "The same with other weights: as few users as possible change sides."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var parse = context.Parse;
        var body = new JsonObject
        {
            ["variants"] = new JsonArray([.. parse.GetValue(_variants)!.Select(ToVariant)]),
            ["metric"] = parse.GetValue(_metric),
            ["guards"] = new JsonArray([.. (parse.GetValue(_guards) ?? []).Select(g => JsonValue.Create(g))]),
            ["significance"] = parse.GetValue(_significance),
            ["minimumEffectPercent"] = parse.GetValue(_effect),
        };
        await using var api = context.Connect();
        string name = parse.GetValue(_name)!;
        using var response = await api.SendAsync(HttpMethod.Put, ExperimentArguments.Path(name), ExperimentArguments.Json(body), context.Cancel);
        string answer = await response.Content.ReadAsStringAsync(context.Cancel);
        context.Output.WriteLine(parse.GetValue(_output) == "json" ? answer : $"experiment '{name}' is defined; record outcomes with: headroom experiment record {name} --user USER --value METRIC=VALUE");
        return ExitCodes.Done;
    }

    private static JsonNode ToVariant(string text)
    {
        int at = text.LastIndexOf('=');
        if (at < 0) return new JsonObject { ["name"] = text, ["weight"] = 1 };
        return new JsonObject { ["name"] = text[..at], ["weight"] = ExperimentArguments.Number("--variant", text, text[(at + 1)..]) };
    }
}
