using System.CommandLine;
using System.Globalization;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Histories;
using Headroom.Cli.Output;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Values;
using Headroom.Objectives.Forecasting;
using Headroom.Objectives.Histories;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom forecast</c>: what histories will probably do next.</summary>
internal sealed class ForecastCommand : HeadroomSubcommand
{
    private readonly HistoryOptions _histories = new();
    private readonly Option<string> _horizon = new("--horizon") { Description = "How far ahead: a number of points, or a duration such as 24h.", HelpName = "N|DURATION", Required = true };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public ForecastCommand() : base("forecast", "Continues histories, with 95% prediction intervals.")
    {
        _histories.AddTo(this);
        Add(_horizon);
        Add(_output);
        _horizon.Validators.Add(static result =>
        {
            string text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int points) ? points is < 1 or > Forecaster.LongestHorizon : !DurationText.TryParse(text, out var duration, out _) || duration <= TimeSpan.Zero)
                result.AddError($"'{text}' is no horizon: write a number of points from 1 to {Forecaster.LongestHorizon}, or a duration such as 24h");
        });
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom forecast 'sum(rate(http_requests_total[1h]))' --horizon 24h", "Tomorrow's load, from the last 30 days."),
        ("headroom forecast --csv load.csv --horizon 48 --output json", "48 points after a file's last, a JSON line a file."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        string horizon = context.Parse.GetValue(_horizon)!;
        if (context.Parse.GetValue(_output) == "json")
        {
            using var lines = new JsonLines(Console.OpenStandardOutput());
            return await NamedHistories.ForEachAsync(context, _histories, Judge, (named, forecast) => lines.Write(json =>
            {
                named.WriteStart(json);
                json.WriteStartArray("points");
                foreach (var point in forecast.Points)
                {
                    json.WriteStartObject();
                    JsonLines.Time(json, "time", point.Time);
                    JsonLines.Number(json, "value", point.Value);
                    JsonLines.Number(json, "lower", point.Lower);
                    JsonLines.Number(json, "upper", point.Upper);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }));
        }
        return await NamedHistories.ForEachAsync(context, _histories, Judge, (named, forecast) =>
        {
            string seasons = forecast.Periods.Count > 0 ? $"seasons of {string.Join(" and ", forecast.Periods)} points" : "no season found";
            context.Output.WriteLine(Invariant($"{TextTable.Printable(named.Name)}: {named.History.Values.Length} points, {seasons}, {forecast.Folds} back-tests"));
            foreach (var (model, share) in forecast.Weights.OrderByDescending(w => w.Share)) context.Output.WriteLine(Invariant($"  {100 * share,3:0}% {model}"));
            var table = new TextTable(("  time", false), ("value", true), ("lower", true), ("upper", true));
            int step = 0;
            foreach (var p in forecast.Points) table.Add("  " + (p.Time is { } at ? JsonLines.Text(at) : Invariant($"+{++step}")), Number(p.Value), Number(p.Lower), Number(p.Upper));
            table.WriteTo(context.Output);
        });

        Forecast Judge(NamedHistory named) => Forecaster.Continue(named.History, Points(horizon, named));
    }

    private static int Points(string horizon, NamedHistory named)
    {
        if (int.TryParse(horizon, NumberStyles.None, CultureInfo.InvariantCulture, out int points)) return points;
        if (!DurationText.TryParse(horizon, out var duration, out string reason)) throw new ProblemException(new Problem("horizon-invalid", reason, "--horizon"));
        long step = named.History.Step;
        if (step == 0)
        {
            // Nothing to forecast from, so nothing to count either.
            if (named.History.Values.Length < 2) return 1;
            throw new ProblemException(new Problem("horizon-needs-times", $"A horizon of {horizon} needs times, and {named.Name} has none.", "--horizon", "Give a number of points."));
        }
        double count = Math.Ceiling(duration.TotalMilliseconds / step);
        return count is >= 1 and <= Forecaster.LongestHorizon
            ? (int)count
            : throw new ProblemException(new Problem("horizon-too-long", $"A horizon of {horizon} is {count:0} points of {named.Name}; at most {Forecaster.LongestHorizon} are forecast.", "--horizon", "Give a shorter one."));
    }

    private static string Number(double value) => double.IsFinite(value) ? Invariant($"{value:G6}") : "-";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
