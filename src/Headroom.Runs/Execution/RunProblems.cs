using Headroom.Configuration.Diagnostics;
using Headroom.Durable;

namespace Headroom.Runs;

/// <summary>What a person is told when a run cannot be taken up or cannot go on: always with what is safe to do next.</summary>
public static class RunProblems
{
    // Linux and macOS; .NET gives the errno, or ERROR_DISK_FULL and ERROR_HANDLE_DISK_FULL on Windows.
    private const int NoSpace = 28;

    internal static Problem JournalFaulted(JournalFaultedException fault)
    {
        var cause = fault.InnerException;
        bool full = cause is IOException { HResult: NoSpace or unchecked((int)0x80070070) or unchecked((int)0x80070027) }
            || cause?.Message.Contains("No space left", StringComparison.OrdinalIgnoreCase) == true;
        return full
            ? new Problem("run-disk-full", "the disk is full, so the run was paused before doing anything it could not record.", fault.LogDirectory,
                "Free some space, then 'headroom run resume': what is recorded is safe, and steps that were running are looked at first.") { Kind = ProblemKind.Unavailable }
            : new Problem("run-disk-failed", $"the journal could not be written ({cause?.Message ?? fault.Message}), so the run was paused.", fault.LogDirectory,
                "A failed fsync is never retried. Check the disk, then 'headroom run resume': what is recorded is safe, and steps that were running are looked at first.") { Kind = ProblemKind.Failed };
    }

    internal static Problem NotFound(string run, string directory) =>
        new("run-not-found", $"there is no run '{run}'.", directory, "'headroom run list' shows the runs of this data directory.") { Kind = ProblemKind.NotFound };

    internal static Problem Ambiguous(string run, IEnumerable<string> candidates) =>
        new("run-ambiguous", $"'{run}' could be any of {string.Join(", ", candidates.Take(5))}.", null, "Write more of its name.");

    internal static Problem Exists(string run) =>
        new("run-exists", $"there is already a run '{run}'.", null, "Choose another --name, or 'headroom run resume' to go on with that one.") { Kind = ProblemKind.Unprocessable };

    internal static Problem InUse(string run, int? process) =>
        new("run-in-use", $"run '{run}' is being executed by {(process is null ? "another process" : $"process {process}")}.", null,
            $"Watch it with 'headroom run show {run}', or end it with 'headroom run stop {run}'; two processes never execute one run.") { Kind = ProblemKind.Unavailable };

    internal static Problem PlanChanged(string run, string where, string fix) =>
        new("run-plan-changed", $"the plan of run '{run}' is not the one it was started with.", where, fix) { Kind = ProblemKind.Unprocessable };

    internal static Problem Unreadable(string run, string where, Exception cause) => cause switch
    {
        JournalDamagedException damaged => new("run-journal-damaged", $"the journal of run '{run}' is damaged at byte {damaged.Offset}.", damaged.File,
            "Nothing was changed. Restore the file from a backup; without one, look at what the run has done with 'headroom run events' and start a new run for the rest.") { Kind = ProblemKind.Failed },
        FormatVersionException newer => new("run-journal-newer", $"the journal of run '{run}' was written by a newer version of Headroom.", where,
            $"Nothing was changed. Take the run up with the version that wrote it (format {newer.Found}).") { Kind = ProblemKind.Unprocessable },
        _ => new("run-journal-damaged", $"the journal of run '{run}' does not make sense: {cause.Message}.", where,
            "Nothing was changed. Restore the run's directory from a backup, or start a new run.") { Kind = ProblemKind.Failed },
    };

    internal static Problem UnknownAction(string step, string action) =>
        new("run-unknown-action", $"step '{step}' has action '{action}', which this program does not know.", null, "Take the run up with the program that started it.") { Kind = ProblemKind.Unprocessable };

    internal static Problem Over(string run, string how) =>
        new("run-over", $"run '{run}' is over: {how}.", null, "Start a new run, or undo this one with 'headroom run rollback'.") { Kind = ProblemKind.Unprocessable };

    internal static Problem NotDecidable(string step, StepDecision decision, StepState state) =>
        new("run-not-decidable", $"step '{step}' is {Words(state)}, so {Words(decision)} means nothing for it.", null, "'headroom run show' says which steps wait for a person.") { Kind = ProblemKind.Unprocessable };

    internal static Problem NoSuchStep(string run, string step) =>
        new("run-no-such-step", $"run '{run}' has no step '{step}'.", null, "'headroom run show' lists its steps.") { Kind = ProblemKind.NotFound };

    // Names of enumerations read as words: NeedsPerson becomes "needs person".
    private static string Words<T>(T value) where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) ? (i == 0 ? "" : " ") + char.ToLowerInvariant(c) : c.ToString()));
}
