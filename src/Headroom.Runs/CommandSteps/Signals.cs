using System.Runtime.InteropServices;

namespace Headroom.Runs;

/// <summary>kill(2), which .NET offers only for single processes.</summary>
internal static partial class Signals
{
    public const int Kill = 9;
    public const int Terminate = 15;

    /// <summary>Sends a signal to a process group; nothing happens when there is none.</summary>
    public static void SendToGroup(int group, int signal)
    {
        if (!OperatingSystem.IsWindows()) _ = KillProcess(-group, signal);
    }

    /// <summary>Sends a signal to one process.</summary>
    public static void SendToProcess(int process, int signal)
    {
        if (!OperatingSystem.IsWindows()) _ = KillProcess(process, signal);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int KillProcess(int process, int signal);
}
