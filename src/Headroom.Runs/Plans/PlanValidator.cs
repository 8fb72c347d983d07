using System.Buffers;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Runs;

/// <summary>Where the field of a step stands in the file it was read from; index −1 for a field of the plan itself.</summary>
public delegate string? PlanPlaces(int step, string field);

/// <summary>Finds everything that is wrong with a plan in one pass; linear in steps and needs.</summary>
public static class PlanValidator
{
    private static readonly SearchValues<char> IdCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-/");

    /// <summary>The longest time a plan may name; keeps sums of times far from overflow.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromDays(365);

    /// <summary>All problems of a plan; empty when it can run.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="places">Where things stand, for the messages; by default the step's index and id.</param>
    public static IReadOnlyList<Problem> Validate(RunPlan plan, PlanPlaces? places = null) => new Pass(plan, places).Run();

    private sealed class Pass(RunPlan plan, PlanPlaces? places)
    {
        private readonly List<Problem> _problems = [];
        private readonly Dictionary<string, int> _index = new(plan.Steps.Count, StringComparer.Ordinal);

        public IReadOnlyList<Problem> Run()
        {
            if (string.IsNullOrWhiteSpace(plan.Name)) Add(-1, "name", "run-plan-value", "the plan has no name.", "Give it one with 'name:'.");
            if (plan.Steps.Count == 0) Add(-1, "steps", "run-plan-empty", "the plan has no steps.", "Add at least one under 'steps:'.");
            if (plan.Deadline is { } deadline) CheckTime(-1, "deadline", deadline, zeroAllowed: false);
            foreach (var (name, limit) in plan.Limits) CheckLimit(name, limit);
            for (int i = 0; i < plan.Steps.Count; i++) CheckId(i);
            for (int i = 0; i < plan.Steps.Count; i++) CheckStep(i, plan.Steps[i]);
            FindCycles();
            return _problems;
        }

        private void CheckLimit(string name, LimitSpec limit)
        {
            if (limit.Concurrency is null == limit.RatePerSecond is null)
                Add(-1, "limits", "run-plan-value", $"limit '{name}' must have either a concurrency or a rate.", "Write 'concurrency: 8', or 'rate: 5' and 'burst: 20'.");
            if (limit.Concurrency is < 1)
                Add(-1, "limits", "run-plan-value", $"limit '{name}' has concurrency {limit.Concurrency}; nothing that draws on it could ever start.", "Make it 1 or more.");
            if (limit.RatePerSecond is { } rate && !(rate >= 1e-6 && rate <= 1e6))
                Add(-1, "limits", "run-plan-value", $"limit '{name}' has a rate of {rate} per second.", "Make it more than 0.000001 and at most 1,000,000 per second.");
            if (limit.RatePerSecond is { } perSecond && (limit.Burst < 1 || limit.Burst / perSecond > Longest.TotalSeconds))
                Add(-1, "limits", "run-plan-value", $"limit '{name}' has a burst of {limit.Burst}, and {perSecond} per second to refill it.", "Make the burst 1 or more, and such that it refills within 365 days.");
        }

        private void CheckId(int i)
        {
            string id = plan.Steps[i].Id;
            if (string.IsNullOrEmpty(id))
                Add(i, "id", "run-plan-id", "the step has no id.", "Give every step an 'id:'.");
            else if (id.Length > 200 || id.AsSpan().ContainsAnyExcept(IdCharacters) || HasOddSegment(id))
                Add(i, "id", "run-plan-id", $"'{id}' cannot be a step's id.", "Use 1–200 letters, digits and '. _ - /', without empty, '.' or '..' parts.");
            else if (!_index.TryAdd(id, i))
                Add(i, "id", "run-plan-duplicate-step", $"step id '{id}' is used twice; first by step {_index[id] + 1}.", "Ids must be unique: they make the idempotency keys.");
        }

        private static bool HasOddSegment(string id)
        {
            foreach (var range in id.AsSpan().Split('/'))
                if (id.AsSpan()[range] is "" or "." or "..") return true;
            return false;
        }

        private void CheckStep(int i, StepSpec step)
        {
            foreach (string need in step.Needs)
            {
                if (need == step.Id) Add(i, "needs", "run-plan-cycle", $"step '{step.Id}' needs itself.", "Remove it from its own 'needs:'.");
                else if (!_index.ContainsKey(need)) Add(i, "needs", "run-plan-unknown-need", $"step '{step.Id}' needs '{need}', which is not a step of this plan.{Nearest(need)}");
            }
            CheckUses(i, step, "limits", step.Limits);
            CheckUses(i, step, "checkLimits", step.CheckLimits);
            if (step.Retry.Attempts is < 1 or > 1000) Add(i, "retry", "run-plan-value", $"step '{step.Id}' is tried {step.Retry.Attempts} times.", "Make it 1 to 1000.");
            CheckTime(i, "retry", step.Retry.BaseDelay, zeroAllowed: true);
            CheckTime(i, "retry", step.Retry.MaxDelay, zeroAllowed: true);
            CheckTime(i, "timeout", step.Timeout, zeroAllowed: false);
            CheckTime(i, "settle", step.Settle, zeroAllowed: true);
            if (step.Estimate is { } estimate) CheckTime(i, "estimate", estimate, zeroAllowed: true);
            if (step.WaitEstimate is { } waitEstimate) CheckTime(i, "estimate", waitEstimate, zeroAllowed: true);
            if (step.Wait is { } wait) CheckWait(i, step, wait);
        }

        private void CheckWait(int i, StepSpec step, WaitSpec wait)
        {
            CheckTime(i, "wait", wait.For, zeroAllowed: true);
            CheckTime(i, "wait", wait.Every, zeroAllowed: false);
            CheckTime(i, "wait", wait.Timeout, zeroAllowed: false);
            if (wait.Until && step.Action is null) Add(i, "wait", "run-plan-value", $"step '{step.Id}' waits for a condition but has no action that could tell whether it holds.", "Give it an action, or wait for a fixed time.");
            if (!wait.Until && wait.For == TimeSpan.Zero) Add(i, "wait", "run-plan-value", $"step '{step.Id}' waits for nothing.", "Name a time ('for: 30s') or a condition ('until: …'), or remove 'wait:'.");
            if (wait.Until && wait.For >= wait.Timeout) Add(i, "wait", "run-plan-value", $"step '{step.Id}' wants its condition to hold for {wait.For} but gives up after {wait.Timeout}.", "Make the wait's timeout longer.");
        }

        private void CheckUses(int i, StepSpec step, string field, IReadOnlyDictionary<string, int> uses)
        {
            foreach (var (name, units) in uses)
            {
                if (units < 0) Add(i, field, "run-plan-value", $"step '{step.Id}' draws {units} of limit '{name}'.", "Draw 0 or more.");
                else if (!plan.Limits.TryGetValue(name, out var limit))
                {
                    if (name != RunPlan.WorkersLimit) Add(i, field, "run-plan-unknown-limit", $"step '{step.Id}' draws on limit '{name}', which the plan does not declare.", "Declare it under the plan's 'limits:'.");
                    else if (units > RunPlan.DefaultWorkers) Exceeds(i, step, field, name, units, RunPlan.DefaultWorkers);
                }
                else if (units > (limit.Concurrency ?? limit.Burst)) Exceeds(i, step, field, name, units, limit.Concurrency ?? limit.Burst);
            }
        }

        private void Exceeds(int i, StepSpec step, string field, string name, int units, int capacity) =>
            Add(i, field, "run-plan-value", $"step '{step.Id}' draws {units} of limit '{name}', which never has more than {capacity}; it could never start.", "Draw less, or raise the limit.");

        private void CheckTime(int i, string field, TimeSpan time, bool zeroAllowed)
        {
            if (time < TimeSpan.Zero || time > Longest || (!zeroAllowed && time == TimeSpan.Zero))
                Add(i, field, "run-plan-value", $"{(i < 0 ? "the plan" : $"step '{plan.Steps[i].Id}'")} has {field} {time}.", zeroAllowed ? "Make it 0 to 365 days." : "Make it more than 0 and at most 365 days.");
        }

        private string Nearest(string need)
        {
            // Only a difference in case or a missing first part is guessed: a wrong guess costs more than none.
            foreach (string id in _index.Keys)
                if (id.Equals(need, StringComparison.OrdinalIgnoreCase) || id.EndsWith("/" + need, StringComparison.Ordinal)) return $" Did you mean '{id}'?";
            return "";
        }

        private void FindCycles()
        {
            foreach (var cycle in CycleFinder.Find(plan.Steps, _index))
                Add(cycle[0], "needs", "run-plan-cycle",
                    $"these steps need each other in a circle: {string.Join(" → ", cycle.Append(cycle[0]).Select(i => plan.Steps[i].Id))}.",
                    "Remove one of these needs.");
        }

        private void Add(int step, string field, string code, string what, string? fix = null) =>
            _problems.Add(new Problem(code, what, places?.Invoke(step, field) ?? (step < 0 ? field : $"steps[{step}].{field}"), fix));
    }
}
