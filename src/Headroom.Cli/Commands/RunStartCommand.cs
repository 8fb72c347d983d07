using System.CommandLine;
using System.Text;
using System.Text.Json;
using Headroom.Cli.CommandLine;
using Headroom.Cli.Runs;
using Headroom.Runs;

namespace Headroom.Cli.Commands;

/// <summary><c>headroom run start PLAN.yaml</c>: executes a plan of commands as a durable run.</summary>
internal sealed class RunStartCommand : HeadroomSubcommand
{
    private readonly Argument<string> _plan = new("PLAN.yaml") { Description = "The plan: steps with id, needs, command, check, undo, retry, timeout, limits, wait." };
    private readonly Option<string?> _name = new("--name") { Description = "The run's name [default: the plan's name and the time].", HelpName = "NAME" };
    private readonly Option<bool> _rehearse = new("--rehearse") { Description = "Do nothing; say how long it should take, and what bounds it." };
    private readonly Option<string> _output = CommonOptions.Output("table", "json");

    public RunStartCommand() : base("start", "Executes a plan so that it survives crashes: what was done is never forgotten, and looked at before it is done again.")
    {
        Add(_plan);
        foreach (Option option in (ReadOnlySpan<Option>)[_name, _rehearse, _output]) Add(option);
    }

    public override IReadOnlyList<(string Line, string What)> Examples =>
    [
        ("headroom run start examples/runs/hello.yaml", "Execute a plan; Ctrl-C pauses it."),
        ("headroom run start examples/runs/hello.yaml --rehearse", "How long it should take, without doing anything."),
    ];

    public override async Task<int> RunAsync(CommandContext context)
    {
        string path = context.Parse.GetValue(_plan)!;
        var plan = CommandPlanFile.Read(path);
        bool json = context.Parse.GetValue(_output) == "json";
        if (context.Parse.GetValue(_rehearse)) return Rehearse(context, plan, json);

        var house = new RunHouse(context);
        string run = await house.Catalog.CreateAsync(plan, RunHouse.Start with { Name = context.Parse.GetValue(_name), Source = Path.GetFullPath(path) });
        context.Error.WriteLine($"run {run}: {RunText.Count(plan.Steps.Count, "step")}");
        return await RunExecution.TakeUpAsync(context, house, run, json);
    }

    private static int Rehearse(CommandContext context, RunPlan plan, bool json)
    {
        var result = Rehearsal.Run(PreparedPlan.From(plan));
        if (json)
        {
            using var buffer = new MemoryStream();
            using (var writer = new Utf8JsonWriter(buffer))
            {
                writer.WriteStartObject();
                writer.WriteString("plan", plan.Name);
                writer.WriteNumber("steps", plan.Steps.Count);
                writer.WriteNumber("makespanSeconds", Math.Round(result.Makespan.TotalSeconds, 3));
                writer.WriteNumber("lowerBoundSeconds", Math.Round(result.LowerBound.Time.TotalSeconds, 3));
                writer.WriteString("boundBy", result.LowerBound.Binding);
                writer.WriteStartObject("boundsSeconds");
                foreach (var (name, time) in result.LowerBound.Parts) writer.WriteNumber(name, Math.Round(time.TotalSeconds, 3));
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
            context.Output.WriteLine(Encoding.UTF8.GetString(buffer.ToArray()));
            return ExitCodes.Done;
        }
        context.Output.WriteLine($"{plan.Name}: {RunText.Count(plan.Steps.Count, "step")}, about {RunText.Time(result.Makespan)} if every estimate holds and nothing fails");
        context.Output.WriteLine($"no schedule can be shorter than {RunText.Time(result.LowerBound.Time)}; bounds: {string.Join(", ", result.LowerBound.Parts.Select(part => $"{part.Key} {RunText.Time(part.Value)}"))}");
        return ExitCodes.Done;
    }
}
