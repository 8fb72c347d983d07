using System.Globalization;
using System.Text;

namespace Headroom.Runs;

/// <summary>
/// Commands that outlived the process that started them. They are recognised by their environment, which no race can
/// keep from being there, and ended before anything is looked at: what still works on a step would make every
/// look at it worthless. Linux only (<c>/proc</c>).
/// </summary>
internal static class OrphanedCommands
{
    private const int MostRounds = 250;

    /// <summary>Ends what is left of some commands, each known by its step and the name of its log.</summary>
    public static async Task EndAsync(IReadOnlyList<(StepContext Step, string Log)> commands, TimeProvider time, CancellationToken cancel)
    {
        if (commands.Count == 0 || !Directory.Exists("/proc/self")) return;
        var marks = commands.Select(command => CommandProcess.Environment(command.Step, command.Log).Select(pair => $"{pair.Key}={pair.Value}").ToHashSet(StringComparer.Ordinal)).ToList();
        for (int round = 0; round < MostRounds; round++)
        {
            bool found = false;
            foreach (int process in Find(marks))
            {
                found = true;
                Signals.SendToProcess(process, Signals.Kill);
            }
            if (!found) return;
            // Killed is not gone yet, and a process that was just forking may have a child now.
            await Task.Delay(TimeSpan.FromMilliseconds(20), time, cancel).ConfigureAwait(false);
        }
    }

    private static IEnumerable<int> Find(List<HashSet<string>> marks)
    {
        foreach (string directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out int process) || process == Environment.ProcessId) continue;
            string environment;
            try
            {
                environment = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(directory, "environ")));
            }
            // Another user's, or gone by now.
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                continue;
            }
            if (!environment.Contains("HEADROOM_RUN_DIRECTORY=", StringComparison.Ordinal)) continue;
            var variables = environment.Split('\0').ToHashSet(StringComparer.Ordinal);
            if (marks.Any(mark => mark.IsSubsetOf(variables))) yield return process;
        }
    }
}
