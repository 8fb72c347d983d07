using System.CommandLine;
using System.Text;
using System.Text.Json;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Output;
using Headroom.Cli.Runs;
using Headroom.Runs;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom run events RUN</c>: the journal of a run, which is its audit trail.</summary>
internal sealed class RunEventsCommand : HeadroomSubcommand
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly Argument<string> _run = new("RUN") { Description = "The run, or the beginning of its name." };
    private readonly Option<string?> _step = new("--step") { Description = "Only one step.", HelpName = "STEP" };
    private readonly Option<bool> _follow = new("--follow", "-f") { Description = "Go on showing what happens until the run is over or left." };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public RunEventsCommand() : base("events", "Shows everything a run has recorded, in order: what was done when, by whom, and what came of it.")
    {
        Add(_run);
        foreach (Option option in (ReadOnlySpan<Option>)[_step, _follow, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom run events move-shop", "The audit trail."),
        ("headroom run events move-shop --follow", "Watch a run that another process executes."),
        ("headroom run events move-shop --step shop/deploy --output json", "One step, a JSON object a line."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        var house = new RunHouse(context);
        string run = house.Catalog.Resolve(context.Parse.GetValue(_run)!);
        bool json = context.Parse.GetValue(_output) == "json";
        int shown = 0;
        while (true)
        {
            var (state, executedBy) = house.Look(run);
            foreach (var record in state.Records.Skip(shown))
            {
                shown++;
                string? step = record.Step < 0 ? null : state.Plan.Plan.Steps[record.Step].Id;
                if (context.Parse.GetValue(_step) is { } only && only != step) continue;
                context.Output.WriteLine(json ? Json(record, shown, step) : Line(record, step));
            }
            if (!context.Parse.GetValue(_follow) || state.Engine.Phase == RunPhase.Ended || executedBy is null) return ExitCodes.Done;
            await Task.Delay(Interval, context.Time, context.Cancel);
        }
    }

    private static string Line(in RunRecord record, string? step) =>
        TextTable.Printable($"{DateTimeOffset.FromUnixTimeMilliseconds(record.UtcMilliseconds):yyyy-MM-dd HH:mm:ss.fff}Z  {step ?? "run"}  {RunText.Line(record)}");

    private static string Json(in RunRecord record, int number, string? step)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteNumber("number", number);
            json.WriteString("at", DateTimeOffset.FromUnixTimeMilliseconds(record.UtcMilliseconds));
            json.WriteNumber("elapsedSeconds", Math.Round(record.At.TotalSeconds, 3));
            json.WriteNumber("epoch", record.Epoch);
            json.WriteString("type", JsonNamingPolicy.CamelCase.ConvertName(record.Type.ToString()));
            json.WriteString("step", step);
            json.WriteNumber("attempt", record.Attempt);
            json.WriteString("what", RunText.Line(record with { Text = null }));
            json.WriteString("text", record.Type == RunRecordType.Started ? null : record.Text);
            json.WriteString("output", record.Output);
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
