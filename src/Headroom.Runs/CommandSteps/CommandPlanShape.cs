using System.Text.Json;
using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Configuration.Yaml;

namespace Headroom.Runs;

/// <summary>What a plan of commands looks like in YAML.</summary>
internal sealed class CommandPlanShape(string file, string directory) : Shape<PlacedPlan>
{
    private static readonly Shape<IReadOnlyList<string>> CommandLine = new EitherShape<IReadOnlyList<string>>(
        Shapes.Text(100_000).As<string, IReadOnlyList<string>>(line => ["/bin/sh", "-c", line]),
        Shapes.List(Shapes.Text(100_000)).Checked(words => words.Count > 0 ? null : new Problem("run-plan-value", "a command needs at least the program's name.")),
        node => node is not YamlScalar);

    private static readonly Shape<LimitSpec> LimitShape = new EitherShape<LimitSpec>(
        ShapeMapping.Whole(1).As(LimitSpec.Slots), LimitProperties.Shape, node => node is YamlMapping);

    private static readonly Shape<IReadOnlyDictionary<string, int>> Draws = new EitherShape<IReadOnlyDictionary<string, int>>(
        Shapes.OneOrMore(Shapes.Text(200)).As(names => (IReadOnlyDictionary<string, int>)names.Distinct().ToDictionary(name => name, _ => 1)),
        Shapes.Map(ShapeMapping.Whole(0)),
        node => node is YamlMapping);

    private static readonly Shape<RetryPolicy> RetryShape = new EitherShape<RetryPolicy>(
        ShapeMapping.Whole(1, 1000).As(attempts => new RetryPolicy { Attempts = attempts }), RetryProperties.Shape, node => node is YamlMapping);

    private static readonly Shape<CommandWait> WaitShape = new EitherShape<CommandWait>(
        Shapes.Duration().As(time => new CommandWait(new WaitSpec { For = time }, null)), WaitProperties.Shape, node => node is YamlMapping);

    private readonly Property<string?> _name = Property.Optional<string?>("name", "What the plan is called. By default the file's name without its extension.", Shapes.Text(200)!, null);
    private readonly Property<string?> _directory = Property.Optional<string?>("directory", "Where its commands run, relative to the plan's own folder. By default that folder.", Shapes.Text(4000)!, null);
    private readonly Property<TimeSpan?> _deadline = Property.Optional("deadline", "Time the run may take, counted while it is executed. By default none.", Shapes.Duration().Maybe(), null);
    private readonly Property<FailurePolicy> _onFailure = Property.Optional("onFailure", "What a step that finally failed means for the rest. By default go-on.", Shapes.Choice(
        ("go-on", FailurePolicy.GoOn, "Everything that does not depend on it goes on."),
        ("stop", FailurePolicy.Stop, "No further step starts."),
        ("roll-back", FailurePolicy.RollBack, "No further step starts, and what was done is undone.")), FailurePolicy.GoOn);
    private readonly Property<IReadOnlyDictionary<string, LimitSpec>> _limits = Property.Optional<IReadOnlyDictionary<string, LimitSpec>>(
        "limits", "Budgets that steps share, by name: a number of slots, or a rate and a burst. 'workers' (32 unless given) bounds all commands.", Shapes.Map(LimitShape), new Dictionary<string, LimitSpec>());
    private readonly Property<IReadOnlyList<PlacedStep>> _steps = Property.Required("steps", "The steps.", Shapes.List(StepProperties.Shape(directory)));

    public override bool TryRead(YamlNode node, ICollection<Problem> problems, out PlacedPlan value) => Object().TryRead(node, problems, out value);

    public override JsonObject Schema() => Object().Schema();

    private ObjectShape<PlacedPlan> Object() => new("A plan of commands for 'headroom run start'.", [_name, _directory, _deadline, _onFailure, _limits, _steps], fields =>
    {
        string runIn = Path.GetFullPath(Path.Combine(directory, fields.Get(_directory) ?? "."));
        var steps = fields.Get(_steps);
        var plan = new RunPlan
        {
            Name = fields.Get(_name) ?? Path.GetFileNameWithoutExtension(file),
            Deadline = fields.Get(_deadline),
            OnFailure = fields.Get(_onFailure),
            Limits = fields.Get(_limits),
            Steps = [.. steps.Select(step => step.Spec(runIn))],
        };
        return new PlacedPlan(plan, field => fields.MarkOf(Of(field)), [.. steps.Select(step => step.Places)]);
    });

    private Property Of(string field) => field switch
    {
        "name" => _name,
        "limits" => _limits,
        "deadline" => _deadline,
        _ => _steps,
    };

    private sealed record CommandWait(WaitSpec Spec, IReadOnlyList<string>? Until);

    private sealed record PlacedStep(Func<string, StepSpec> Spec, Func<string, SourceMark> Places);

    private static class LimitProperties
    {
        private static readonly Property<int?> Slots = Property.Optional("concurrency", "How many may be in use at one time.", ShapeMapping.Whole(1).Maybe(), null);
        private static readonly Property<double?> PerSecond = Property.Optional("rate", "How many a second in the long run: 5, 5/s, 300/min or 10/h.", Shapes.Parsed<double>("a rate such as 5/s, 300/min or 10/h", RateText.TryParse, RateText.Schema).Maybe(), null);
        private static readonly Property<int> Burst = Property.Optional("burst", "With a rate: how many at once after a pause. By default 1.", ShapeMapping.Whole(1, 10_000_000), 1);

        public static readonly Shape<LimitSpec> Shape = new ObjectShape<LimitSpec>("A budget: a concurrency, or a rate and a burst.", [Slots, PerSecond, Burst], fields => new LimitSpec
        {
            Concurrency = fields.Get(Slots),
            RatePerSecond = fields.Get(PerSecond),
            Burst = fields.Get(Burst),
        });
    }

    private static class RetryProperties
    {
        private static readonly Property<int> Attempts = Property.Optional("attempts", "Tries in all. By default 5.", ShapeMapping.Whole(1, 1000), RetryPolicy.Default.Attempts);
        private static readonly Property<TimeSpan> Delay = Property.Optional("delay", "Wait after the first failure; it doubles each time. By default 1s.", Shapes.Duration(TimeSpan.Zero), RetryPolicy.Default.BaseDelay);
        private static readonly Property<TimeSpan> Most = Property.Optional("max", "Longest wait. By default 30s.", Shapes.Duration(TimeSpan.Zero), RetryPolicy.Default.MaxDelay);

        public static readonly Shape<RetryPolicy> Shape = new ObjectShape<RetryPolicy>("How often the command is tried.", [Attempts, Delay, Most], fields => new RetryPolicy
        {
            Attempts = fields.Get(Attempts),
            BaseDelay = fields.Get(Delay),
            MaxDelay = fields.Get(Most),
        });
    }

    private static class WaitProperties
    {
        private static readonly Property<TimeSpan> For = Property.Optional("for", "Time to wait; with 'until', time that the condition must hold without a break.", Shapes.Duration(TimeSpan.Zero), TimeSpan.Zero);
        private static readonly Property<IReadOnlyList<string>?> Until = Property.Optional<IReadOnlyList<string>?>("until", "A command whose exit code 0 says that the condition holds.", CommandLine!, null);
        private static readonly Property<TimeSpan> Every = Property.Optional("every", "Time between two looks. By default 5s.", Shapes.Duration(), new WaitSpec().Every);
        private static readonly Property<TimeSpan> Most = Property.Optional("timeout", "Time after which a condition that does not hold fails the step. By default 10m.", Shapes.Duration(), new WaitSpec().Timeout);

        public static readonly Shape<CommandWait> Shape = new ObjectShape<CommandWait>("What must be true before dependents start.", [For, Until, Every, Most], fields =>
        {
            var until = fields.Get(Until);
            return new CommandWait(new WaitSpec { For = fields.Get(For), Until = until is not null, Every = fields.Get(Every), Timeout = fields.Get(Most) }, until);
        });
    }

    private static class StepProperties
    {
        private static readonly Property<string> Id = Property.Required("id", "The step's name, unique in the plan.", Shapes.Text(1000));
        private static readonly Property<IReadOnlyList<string>> Needs = Property.Optional<IReadOnlyList<string>>("needs", "Steps that must have succeeded first.", Shapes.OneOrMore(Shapes.Text(1000)), []);
        private static readonly Property<IReadOnlyList<string>?> Command = Property.Optional<IReadOnlyList<string>?>("command", "What it does: a line for /bin/sh, or a list of words.", CommandLine!, null);
        private static readonly Property<IReadOnlyList<string>?> Check = Property.Optional<IReadOnlyList<string>?>("check", "Says by its exit code whether an interrupted step's effect is there: 0 yes, 3 no, anything else: ask a person.", CommandLine!, null);
        private static readonly Property<IReadOnlyList<string>?> Undo = Property.Optional<IReadOnlyList<string>?>("undo", "Takes the effect back; must be harmless when there is nothing to take back.", CommandLine!, null);
        private static readonly Property<bool> Repeatable = Property.Optional("repeatable", "Whether running the command again when it may already have run does no harm; then it needs no check. By default false.", Shapes.Flag(), false);
        private static readonly Property<bool> Approval = Property.Optional("approval", "Whether a person must agree before it starts. By default false.", Shapes.Flag(), false);
        private static readonly Property<RetryPolicy> Retry = Property.Optional("retry", "How often it is tried: a number, or attempts, delay and max. By default 5 times.", RetryShape, RetryPolicy.Default);
        private static readonly Property<TimeSpan> Timeout = Property.Optional("timeout", "Time after which the command and all it started are killed. By default 10m.", Shapes.Duration(), TimeSpan.FromMinutes(10));
        private static readonly Property<IReadOnlyDictionary<string, int>> Limits = Property.Optional<IReadOnlyDictionary<string, int>>("limits", "Limits it draws on: a name, a list of names, or names with units. One worker is implied.", Draws, new Dictionary<string, int>());
        private static readonly Property<CommandWait?> Wait = Property.Optional<CommandWait?>("wait", "What must be true after the command before dependents start: a time, or for, until, every and timeout.", WaitShape!, null);
        private static readonly Property<TimeSpan?> Estimate = Property.Optional("estimate", "How long the command is expected to take; decides what starts first. By default 1s.", Shapes.Duration().Maybe(), null);

        public static Shape<PlacedStep> Shape(string directory) => new ObjectShape<PlacedStep>(
            "A step.", [Id, Needs, Command, Check, Undo, Repeatable, Approval, Retry, Timeout, Limits, Wait, Estimate],
            fields => new PlacedStep(runIn => Build(fields, runIn), field => fields.MarkOf(Of(field))), CheckTogether);

        private static StepSpec Build(Fields fields, string runIn)
        {
            var (command, wait) = (fields.Get(Command), fields.Get(Wait));
            bool acts = command is not null || wait?.Until is not null;
            var limits = fields.Get(Limits);
            // A step that only waits for a condition has nothing to hold a worker for, and nothing that must not happen twice.
            if (command is null && acts) limits = limits.Where(l => l.Key != RunPlan.WorkersLimit).Append(new(RunPlan.WorkersLimit, 0)).ToDictionary();
            return new StepSpec
            {
                Id = fields.Get(Id),
                Action = acts ? CommandAction.Name : null,
                Arguments = !acts ? null : JsonSerializer.SerializeToElement(new CommandArguments
                {
                    Command = command,
                    Check = fields.Get(Check),
                    Undo = fields.Get(Undo),
                    Until = wait?.Until,
                    Directory = runIn,
                }, CommandJson.Default.CommandArguments),
                Needs = fields.Get(Needs),
                Limits = limits,
                CheckLimits = acts ? new Dictionary<string, int> { [RunPlan.WorkersLimit] = 1 } : new Dictionary<string, int>(),
                Retry = fields.Get(Retry),
                Timeout = fields.Get(Timeout),
                Repeatable = command is null || fields.Get(Repeatable),
                CanUndo = fields.Get(Undo) is not null,
                NeedsApproval = fields.Get(Approval),
                Wait = wait?.Spec,
                Estimate = fields.Get(Estimate),
            };
        }

        private static void CheckTogether(Fields fields)
        {
            if (fields.Has(Command, out _)) return;
            if (fields.Has(Check, out _)) fields.Report(Check, "run-plan-value", "there is nothing to check: the step has no 'command'.", "Remove 'check:'.");
            if (fields.Has(Undo, out _)) fields.Report(Undo, "run-plan-value", "there is nothing to undo: the step has no 'command'.", "Remove 'undo:'.");
        }

        private static Property Of(string field) => field switch
        {
            "needs" => Needs,
            "limits" or "checkLimits" => Limits,
            "retry" => Retry,
            "timeout" => Timeout,
            "estimate" => Estimate,
            "wait" => Wait,
            _ => Id,
        };
    }
}
