using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Experiments;
using Headroom.Cli.Output;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom experiment analyze</c>: who is better, how surely, and whether to stop.</summary>
internal sealed class ExperimentAnalyzeCommand : HeadroomSubcommand
{
    private readonly Argument<string> _name = ExperimentArguments.Name();
    private readonly Option<long?> _at = TimeExpression.Option("--at", "Outcomes up to this instant [default: now].", TimeProvider.System);
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public ExperimentAnalyzeCommand() : base("analyze", "Compares the variants. Look as often as you like: intervals and p-values stay valid.")
    {
        Add(_name);
        Add(_at);
        Add(_output);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom experiment analyze connection-pool", "Differences with intervals, and what to do. Exit 98 when the shares of the variants show that the data cannot be trusted."),
        ("headroom experiment analyze connection-pool --output json", "The same for a program."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        await using var api = context.Connect();
        string path = ApiClient.PathWith(ExperimentArguments.Path(context.Parse.GetValue(_name)!, "analysis"),
            ("at", CommonOptions.Seconds(context.Parse.GetValue(_at))), CommonOptions.ConfigParameter(context.Parse, api));
        using var json = await api.GetJsonAsync(path, context.Cancel);
        var analysis = json.RootElement;
        if (context.Parse.GetValue(_output) == "json") context.Output.WriteLine(analysis.GetRawText());
        else Write(context.Output, analysis);
        return analysis.GetProperty("sampleRatio").GetProperty("mismatch").GetBoolean() ? ExitCodes.NotValid : ExitCodes.Done;
    }

    private static void Write(TextWriter output, JsonElement analysis)
    {
        var variants = new TextTable(("VARIANT", false), ("OUTCOMES", true), ("SHARE", true), ("EXPECTED", true));
        foreach (var variant in analysis.GetProperty("variants").EnumerateArray())
            variants.Add(variant.GetProperty("name").GetString()!, variant.GetProperty("outcomes").GetDouble().ToString("N0", CultureInfo.InvariantCulture), Percent(variant.GetProperty("share"), 100), Percent(variant.GetProperty("expectedShare"), 100));
        variants.WriteTo(output);
        output.WriteLine();
        var table = new TextTable(("METRIC", false), ("VARIANT", false), ("CONTROL", true), ("VALUE", true), ("CHANGE", true), ("INTERVAL", false), ("P", true), ("VERDICT", false));
        foreach (var comparison in analysis.GetProperty("comparisons").EnumerateArray())
            table.Add(
                $"{comparison.GetProperty("metric").GetString()} {comparison.GetProperty("statistic").GetString()}{(comparison.GetProperty("guard").GetBoolean() ? " (guard)" : "")}",
                comparison.GetProperty("variant").GetString()!, Number(comparison.GetProperty("control")), Number(comparison.GetProperty("treatment")),
                Percent(comparison.GetProperty("changePercent")), $"{Percent(comparison.GetProperty("lowPercent"))} to {Percent(comparison.GetProperty("highPercent"))}",
                Number(comparison.GetProperty("pValue"), "0.####"), comparison.GetProperty("verdict").GetString()!);
        table.WriteTo(output);
        output.WriteLine();
        var recommendation = analysis.GetProperty("recommendation");
        string variantNamed = recommendation.GetProperty("variant").GetString() is { } name ? $" {name}" : "";
        output.WriteLine($"{recommendation.GetProperty("action").GetString()}{variantNamed}: {recommendation.GetProperty("reason").GetString()}");
    }

    private static string Number(JsonElement value, string format = "0.#####") => value.ValueKind == JsonValueKind.Null ? "-" : value.GetDouble().ToString(format, CultureInfo.InvariantCulture);

    private static string Percent(JsonElement value, double factor = 1) =>
        value.ValueKind == JsonValueKind.Null ? "-" : (value.GetDouble() * factor).ToString(factor == 1 ? "+0.#;-0.#;0" : "0.#", CultureInfo.InvariantCulture) + "%";
}
