using System.CommandLine;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Headroom.Cli.Client;
using Headroom.Cli.CommandLine;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom usage</c>: the typical day and week.</summary>
internal sealed class UsageCommand : HeadroomSubcommand
{
    private const string Shades = " ▁▂▃▄▅▆▇█";

    private static readonly string[] Days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

    private readonly Argument<string> _expression = new("EXPR") { Description = "PromQL; each series has its own pattern." };
    private readonly Option<long?> _at = TimeExpression.Option("--at", "End of the stretch [default: now].", TimeProvider.System);
    private readonly Option<string> _window = new("--window") { Description = "Length of the stretch; weeks need 14d.", HelpName = "DURATION", DefaultValueFactory = _ => "28d" };
    private readonly Option<string?> _zone = new("--zone") { Description = "Whose hours: a zone of the IANA database [default: UTC].", HelpName = "ZONE" };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public UsageCommand() : base("usage", "Shows when a system is used: peak hours, the quietest hours, weekdays against weekends.")
    {
        Add(_expression);
        foreach (Option option in (ReadOnlySpan<Option>)[_at, _window, _zone, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom usage 'sum(rate(http_requests_total[15m]))' --zone Europe/Berlin", "The typical week of the traffic, in the hours of Berlin."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var parse = context.Parse;
        await using var api = context.Connect();
        using var json = await api.GetJsonAsync(ApiClient.PathWith("/api/usage", ("query", parse.GetValue(_expression)), ("at", CommonOptions.Seconds(parse.GetValue(_at))),
            ("window", parse.GetValue(_window)), ("zone", parse.GetValue(_zone))), context.Cancel);
        if (parse.GetValue(_output) == "json") context.Output.WriteLine(json.RootElement.GetRawText());
        else foreach (var series in json.RootElement.GetProperty("series").EnumerateArray()) Write(context.Output, series);
        return json.RootElement.GetProperty("series").GetArrayLength() == 0 ? ExitCodes.NotValid : ExitCodes.Done;
    }

    private static void Write(TextWriter output, JsonElement series)
    {
        string name = string.Join(", ", series.GetProperty("labels").EnumerateObject().Select(l => $"{l.Name}={l.Value.GetString()}"));
        if (name.Length > 0) output.WriteLine(name);
        if (series.TryGetProperty("note", out var note))
        {
            output.WriteLine($"  {note.GetString()}");
            return;
        }
        var peaks = series.GetProperty("peakHours").EnumerateArray().Select(h => $"{h.GetDouble():00}").ToList();
        output.WriteLine(peaks.Count == 0 ? "  use is flat: no hour stands out" : $"  peak hours       {string.Join(" ", peaks)}{Ratio(series)}");
        if (series.GetProperty("lowPeriod") is { ValueKind: JsonValueKind.Object } low)
            output.WriteLine($"  quietest period  {low.GetProperty("fromHour").GetInt32():00}:00 to {low.GetProperty("toHour").GetInt32():00}:00");
        output.WriteLine($"  explained by     the hour {Percent(series.GetProperty("dailyShare"))}, the day of the week another {Percent(series.GetProperty("weeklyShare"))}");
        output.WriteLine($"  typical          weekdays {Number(series.GetProperty("weekdays"))}, weekends {Number(series.GetProperty("weekend"))}");
        output.WriteLine("                   0     6     12    18");
        var week = series.GetProperty("week").EnumerateArray().Select(d => d.EnumerateArray().Select(v => v.ValueKind == JsonValueKind.Null ? double.NaN : v.GetDouble()).ToArray()).ToList();
        double most = week.SelectMany(d => d).Where(double.IsFinite).DefaultIfEmpty(0).Max(), least = Math.Min(0, week.SelectMany(d => d).Where(double.IsFinite).DefaultIfEmpty(0).Min());
        for (int d = 0; d < week.Count; d++)
        {
            var line = new StringBuilder();
            foreach (double value in week[d]) line.Append(double.IsNaN(value) || most <= least ? ' ' : Shades[(int)Math.Round((value - least) / (most - least) * (Shades.Length - 1))]);
            output.WriteLine($"  {Days[d]}              {line.ToString().TrimEnd()}");
        }
    }

    private static string Ratio(JsonElement series) => series.GetProperty("peakToLow") is { ValueKind: JsonValueKind.Number } ratio ? $" ({Number(ratio)} times the least used hour)" : "";

    private static string Percent(JsonElement value) => value.ValueKind == JsonValueKind.Null ? "an unknown share" : (value.GetDouble() * 100).ToString("0", CultureInfo.InvariantCulture) + "%";

    private static string Number(JsonElement value) => value.ValueKind == JsonValueKind.Null ? "-" : value.GetDouble().ToString("0.###", CultureInfo.InvariantCulture);
}
