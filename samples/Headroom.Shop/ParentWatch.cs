namespace Headroom.Shop;

/// <summary>
/// Ties this process to the one that started it. A parent that dies by SIGKILL cannot stop its children, but the
/// kernel closes its end of our standard input.
/// </summary>
internal static class ParentWatch
{
    public static void StopWhenInputCloses(IHostApplicationLifetime lifetime)
    {
        // A thread, not a task: reading a pipe blocks until the parent is gone.
        var watch = new Thread(() =>
        {
            using var input = Console.OpenStandardInput();
            Span<byte> ignored = stackalloc byte[256];
            try
            {
                while (input.Read(ignored) > 0) { }
            }
            catch (IOException)
            {
                // A broken pipe says the same as a closed one.
            }
            lifetime.StopApplication();
        })
        { IsBackground = true, Name = "parent watch" };
        watch.Start();
    }
}
