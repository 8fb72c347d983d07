using System.Diagnostics;

namespace Headroom.Runs;

internal static class Processes
{
    /// <summary>Whether a process of that id exists.</summary>
    public static bool IsAlive(int id)
    {
        try
        {
            using var process = Process.GetProcessById(id);
            return !process.HasExited;
        }
        catch (ArgumentException)
        {
            return false;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }
}
