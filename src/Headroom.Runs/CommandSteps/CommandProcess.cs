using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;

namespace Headroom.Runs;

/// <summary>How a command ended.</summary>
/// <param name="ExitCode">Its exit code; 128 + n when signal n ended it.</param>
/// <param name="Killed">Whether it was ended here because its time was over.</param>
/// <param name="Tail">The last lines of what it printed.</param>
/// <param name="StartError">Why it could not be started; null when it could.</param>
internal sealed record CommandEnd(int ExitCode, bool Killed, string Tail, string? StartError)
{
    /// <summary>What it printed last, for a message.</summary>
    public string Said => Tail.Length == 0 ? "" : ": " + Tail;
}

/// <summary>Runs one command to its end.</summary>
internal static class CommandProcess
{
    /// <summary>Time between asking a process group to end and killing it.</summary>
    private static readonly TimeSpan PoliteTime = TimeSpan.FromSeconds(2);

    /// <summary>How long output is read on after the command ended: what it left running may hold the pipe for ever.</summary>
    private static readonly TimeSpan AfterEnd = TimeSpan.FromSeconds(1);

    /// <summary>setsid(1) of util-linux gives the command a process group that can be ended as a whole.</summary>
    private static readonly string? Setsid = new[] { "/usr/bin/setsid", "/bin/setsid" }.FirstOrDefault(File.Exists);

    public static async Task<CommandEnd> RunAsync(
        IReadOnlyList<string> command, string directory, StepContext step, string log, TimeProvider time, CancellationToken cancel)
    {
        await using var output = new CommandOutput(OutputDirectory(step.Directory, step.Step.Id), log + ".log");
        using var process = new Process { StartInfo = StartInfo(command, directory, step, log) };
        try
        {
            process.Start();
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or IOException)
        {
            return new CommandEnd(-1, false, "", e.Message);
        }
        process.StandardInput.Close();
        var reading = Task.WhenAll(output.PumpAsync(process.StandardOutput.BaseStream), output.PumpAsync(process.StandardError.BaseStream));
        bool killed = false;
        try
        {
            await process.WaitForExitAsync(cancel).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            killed = true;
            await EndAllAsync(process, step, log, time).ConfigureAwait(false);
        }
        try
        {
            await reading.WaitAsync(AfterEnd, time, CancellationToken.None).ConfigureAwait(false);
        }
        catch (TimeoutException) { }
        return new CommandEnd(process.ExitCode, killed, output.Tail(), null);
    }

    /// <summary>Where the output of a step's commands lies.</summary>
    public static string OutputDirectory(string runDirectory, string stepId) => Path.Combine(runDirectory, "output", stepId.Replace('/', '~'));

    private static ProcessStartInfo StartInfo(IReadOnlyList<string> command, string directory, StepContext step, string log)
    {
        string[] full = Setsid is null ? [.. command] : [Setsid, .. command];
        var info = new ProcessStartInfo(full[0], full.Skip(1))
        {
            WorkingDirectory = directory,
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in Environment(step, log)) info.Environment[name] = value;
        return info;
    }

    /// <summary>What tells a command, and whoever looks for it after a crash, what it is part of.</summary>
    public static IEnumerable<KeyValuePair<string, string>> Environment(StepContext step, string log) =>
    [
        new("HEADROOM_RUN", step.Run),
        new("HEADROOM_RUN_DIRECTORY", step.Directory),
        new("HEADROOM_STEP", step.Step.Id),
        new("HEADROOM_COMMAND", log),
        new("HEADROOM_ATTEMPT", step.Attempt.ToString(CultureInfo.InvariantCulture)),
        new("HEADROOM_IDEMPOTENCY_KEY", step.Key),
    ];

    // Politely first. The group is signalled only while its leader lives: afterwards its number may be another's.
    private static async Task EndAllAsync(Process process, StepContext step, string log, TimeProvider time)
    {
        Signals.SendToGroup(process.Id, Signals.Terminate);
        try
        {
            await process.WaitForExitAsync().WaitAsync(PoliteTime, time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Signals.SendToGroup(process.Id, Signals.Kill);
            try
            {
                process.Kill(entireProcessTree: true);
            }
            catch (Exception e) when (e is InvalidOperationException or Win32Exception or AggregateException) { }
            await process.WaitForExitAsync().ConfigureAwait(false);
        }
        // Also when the command itself has ended: what it started belongs to it, wherever it went.
        await OrphanedCommands.EndAsync([(step, log)], time, CancellationToken.None).ConfigureAwait(false);
    }
}
