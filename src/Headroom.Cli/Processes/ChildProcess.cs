using System.Collections.Concurrent;
using System.Diagnostics;

namespace Headroom.Cli.Processes;

/// <summary>
/// A process this command started and answers for: it is ended when disposed, and by <see cref="KillAll"/> when the
/// command itself must end at once. Its standard input is a pipe held open as long as this process lives.
/// </summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private static readonly ConcurrentDictionary<int, Process> s_running = new();

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _lastLines = new();

    private ChildProcess(Process process) => _process = process;

    /// <summary>The process id.</summary>
    public int Id => _process.Id;

    /// <summary>Its exit code, once it has ended.</summary>
    public int ExitCode => _process.ExitCode;

    /// <summary>The last lines it wrote to standard error, for the message when it fails.</summary>
    public string LastLines => string.Join(Environment.NewLine, _lastLines);

    /// <summary>Starts a program; each line it writes to standard output is given to <paramref name="onOutput"/>.</summary>
    public static ChildProcess Start(string program, IEnumerable<string> arguments, Action<string> onOutput)
    {
        var info = new ProcessStartInfo(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
        foreach (string argument in arguments) info.ArgumentList.Add(argument);
        var process = new Process { StartInfo = info };
        var child = new ChildProcess(process);
        process.OutputDataReceived += (_, line) => { if (line.Data is not null) onOutput(line.Data); };
        process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is null) return;
            child._lastLines.Enqueue(line.Data);
            while (child._lastLines.Count > 20) child._lastLines.TryDequeue(out string? _);
        };
        process.Start();
        s_running[process.Id] = process;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Waits until it ends.</summary>
    public Task WaitForExitAsync(CancellationToken cancel) => _process.WaitForExitAsync(cancel);

    /// <summary>Ends every child at once; for the way out that waits for nothing.</summary>
    public static void KillAll()
    {
        foreach (var process in s_running.Values) Kill(process);
    }

    /// <summary>Ends the process and waits until it is gone.</summary>
    public async ValueTask DisposeAsync()
    {
        Kill(_process);
        await _process.WaitForExitAsync(CancellationToken.None);
        s_running.TryRemove(_process.Id, out _);
        _process.Dispose();
    }

    private static void Kill(Process process)
    {
        try
        {
            if (!process.HasExited) process.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It ended between the look and the kill.
        }
    }
}
