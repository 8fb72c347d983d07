using System.Text;
using Headroom.Runs;

namespace Headroom.Runs.CrashHost;

/// <summary>
/// The outside world: a file to which each effect appends a line, and each undoing another. It recognises no repetition,
/// so doing something twice shows.
/// </summary>
internal sealed class OutsideAction(string world, TimeProvider time) : IStepAction
{
    private readonly Lock _gate = new();

    public async ValueTask<StepResult> ActAsync(StepContext step, CancellationToken cancel)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(step.Step.Id.Length % 4), time, cancel);
        Append($"+ {step.Key} {step.Step.Id}\n");
        await Task.Delay(TimeSpan.FromMilliseconds(step.Step.Id.Length % 3), time, cancel);
        return StepResult.Done(step.Key);
    }

    public ValueTask<CheckResult> CheckAsync(StepContext step, CancellationToken cancel) =>
        ValueTask.FromResult(new CheckResult(Lines().Any(line => line.StartsWith($"+ {step.Key} ", StringComparison.Ordinal)) ? CheckVerdict.Done : CheckVerdict.NotDone));

    public async ValueTask<StepResult> UndoAsync(StepContext step, CancellationToken cancel)
    {
        await Task.Delay(TimeSpan.FromMilliseconds(1), time, cancel);
        Append($"- {step.Key} {step.Step.Id}\n");
        return StepResult.Done();
    }

    private string[] Lines() => File.Exists(world) ? File.ReadAllLines(world) : [];

    // One write call of a few bytes: there or not when the process is killed.
    private void Append(string line)
    {
        lock (_gate) AppendAlone(line);
    }

    private void AppendAlone(string line)
    {
        using var file = new FileStream(world, new FileStreamOptions { Mode = FileMode.Append, Access = FileAccess.Write, Share = FileShare.ReadWrite, BufferSize = 0 });
        file.Write(Encoding.ASCII.GetBytes(line));
    }
}

/// <summary>A random graph of 400 short steps.</summary>
internal static class CrashPlan
{
    public static RunPlan Create(int seed)
    {
        var random = new Random(seed);
        var steps = new List<StepSpec>();
        for (int i = 0; i < 400; i++)
        {
            var needs = new SortedSet<string>(StringComparer.Ordinal);
            for (int n = random.Next(3); i > 0 && n > 0; n--) needs.Add(steps[random.Next(Math.Max(0, i - 40), i)].Id);
            steps.Add(new StepSpec { Id = $"step/{new string('x', random.Next(6))}{i}", Action = "outside", Needs = [.. needs], CanUndo = true });
        }
        return new RunPlan
        {
            Name = "crash",
            Limits = new Dictionary<string, LimitSpec> { [RunPlan.WorkersLimit] = LimitSpec.Slots(1 + random.Next(16)) },
            Steps = steps,
        };
    }
}
