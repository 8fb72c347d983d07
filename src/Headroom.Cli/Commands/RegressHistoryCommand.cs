using System.Globalization;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Histories;
using Headroom.Cli.Output;
using Headroom.Objectives.ChangePoints;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom regress history</c>: the change points of histories.</summary>
internal sealed class RegressHistoryCommand : HeadroomSubcommand
{
    private readonly HistoryOptions _histories = new();
    private readonly System.CommandLine.Option<string> _output = CommonOptions.Output("table", "json");

    public RegressHistoryCommand() : base("history", "Finds the points from which on a history behaves differently.")
    {
        _histories.AddTo(this);
        Add(_output);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom regress history --csv latency.csv", "The change points of a file."),
        ("headroom regress history --csv results/*.csv --output json", "A JSON line a file."),
        ("headroom regress history 'avg by (service) (latency)' --start now-90d --step 6h", "Of stored measurements."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        if (context.Parse.GetValue(_output) == "json")
        {
            using var lines = new JsonLines(Console.OpenStandardOutput());
            return await NamedHistories.ForEachAsync(context, _histories, Judge, (named, changes) => lines.Write(json =>
            {
                named.WriteStart(json);
                json.WriteNumber("points", named.History.Values.Length);
                json.WriteStartArray("changePoints");
                foreach (var change in changes)
                {
                    json.WriteStartObject();
                    json.WriteNumber("index", change.Index);
                    JsonLines.Time(json, "time", change.Time);
                    JsonLines.Number(json, "before", change.Before);
                    JsonLines.Number(json, "after", change.After);
                    JsonLines.Number(json, "pValue", change.PValue);
                    json.WriteEndObject();
                }
                json.WriteEndArray();
                json.WriteEndObject();
            }));
        }
        return await NamedHistories.ForEachAsync(context, _histories, Judge, (named, changes) =>
        {
            context.Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{TextTable.Printable(named.Name)}: {named.History.Values.Length} points, {changes.Count} change points"));
            if (changes.Count == 0) return;
            var table = new TextTable(("  index", true), ("time", false), ("before", true), ("after", true), ("change", true), ("p", true), ("between", false), ("what", false));
            foreach (var c in changes)
                table.Add(Invariant($"{c.Index}"), c.Time is { } at ? JsonLines.Text(at) : "-", Invariant($"{c.Before:G5}"), Invariant($"{c.After:G5}"),
                    double.IsFinite(c.RelativeSize) ? Invariant($"{100 * c.RelativeSize:+0.0;-0.0;0}%") : "-", Invariant($"{c.PValue:G2}"), Invariant($"{c.Low}..{c.High}"), c.Kind == ChangeKind.Slope ? "slope" : "level");
            table.WriteTo(context.Output);
        });
    }

    private static IReadOnlyList<ChangePoint> Judge(NamedHistory named) => ChangePointDetector.Detect(named.History);

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
