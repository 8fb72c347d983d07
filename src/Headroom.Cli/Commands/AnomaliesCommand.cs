using System.Globalization;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Histories;
using Headroom.Cli.Output;
using Headroom.Objectives.Anomalies;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom anomalies</c>: points of histories that are unlike what came before them.</summary>
internal sealed class AnomaliesCommand : HeadroomSubcommand
{
    private readonly HistoryOptions _histories = new();
    private readonly System.CommandLine.Option<string> _output = CommonOptions.Output("table", "json");

    public AnomaliesCommand() : base("anomalies", "Scores each point of histories from it and those before it.")
    {
        _histories.AddTo(this);
        Add(_output);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom anomalies --csv cpu.csv", "The alerts of a file."),
        ("headroom anomalies --csv *.csv --output json", "Every score, a JSON line a file."),
        ("headroom anomalies 'avg(cpu)' --start now-14d --step 5m", "Of stored measurements."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        if (context.Parse.GetValue(_output) == "json")
        {
            using var lines = new JsonLines(Console.OpenStandardOutput());
            return await NamedHistories.ForEachAsync(context, _histories, Judge, (named, scores) => lines.Write(json =>
            {
                named.WriteStart(json);
                json.WriteStartArray("scores");
                foreach (var score in scores) json.WriteNumberValue(score.Score);
                json.WriteEndArray();
                json.WriteStartArray("alerts");
                for (int i = 0; i < scores.Length; i++)
                    if (scores[i].IsAlert)
                        json.WriteNumberValue(i);
                json.WriteEndArray();
                json.WriteEndObject();
            }));
        }
        return await NamedHistories.ForEachAsync(context, _histories, Judge, (named, scores) =>
        {
            context.Output.WriteLine(Invariant($"{TextTable.Printable(named.Name)}: {scores.Length} points, {scores.Count(s => s.IsAlert)} alerts"));
            var table = new TextTable(("  index", true), ("time", false), ("value", true), ("score", true));
            for (int i = 0; i < scores.Length; i++)
                if (scores[i].IsAlert)
                    table.Add(Invariant($"{i}"), named.History.Times is { } times ? JsonLines.Text(times[i]) : "-", Invariant($"{named.History.Values[i]:G6}"), Invariant($"{scores[i].Score:0.0000}"));
            if (scores.Any(s => s.IsAlert)) table.WriteTo(context.Output);
        });
    }

    private static AnomalyScore[] Judge(NamedHistory named) => AnomalyDetector.Score(named.History);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
