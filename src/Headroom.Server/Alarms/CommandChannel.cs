using System.ComponentModel;
using System.Diagnostics;
using Headroom.Objectives.Alarms;

namespace Headroom.Server.Alarms;

/// <summary>
/// Runs programs with the notification on standard input and <c>HEADROOM_ALARM</c> and <c>HEADROOM_IDEMPOTENCY_KEY</c> in the environment. What
/// they print is thrown away; one that exceeds its time is ended with everything it started.
/// </summary>
internal sealed class CommandChannel(Func<string?> directory, TimeProvider time) : IActionChannel
{
    public async ValueTask<string?> PerformAsync(AlarmAction action, string id, string alarm, string body, CancellationToken cancel)
    {
        var command = (CommandAction)action;
        var info = new ProcessStartInfo(command.Arguments[0], command.Arguments.Skip(1))
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory() ?? "",
        };
        info.Environment["HEADROOM_ALARM"] = alarm;
        info.Environment["HEADROOM_IDEMPOTENCY_KEY"] = id;
        using var process = new Process { StartInfo = info };
        try
        {
            process.Start();
        }
        catch (Exception error) when (error is Win32Exception or InvalidOperationException or IOException)
        {
            return $"it cannot be started ({(error as Win32Exception)?.NativeErrorCode.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? error.GetType().Name})";
        }
        var draining = Task.WhenAll(DrainAsync(process.StandardOutput.BaseStream), DrainAsync(process.StandardError.BaseStream));
        using var limit = new CancellationTokenSource(action.Timeout, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancel);
        try
        {
            await WriteAsync(process, body, stop.Token);
            await process.WaitForExitAsync(stop.Token);
            return process.ExitCode == 0 ? null : $"it ended with exit code {process.ExitCode}";
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
            cancel.ThrowIfCancellationRequested();
            return $"it did not end within {action.Timeout.TotalSeconds:0.###} s and was killed";
        }
        finally
        {
            // What it left running may hold the pipes for ever.
            _ = draining.ContinueWith(static _ => { }, TaskScheduler.Default);
        }
    }

    private static async Task WriteAsync(Process process, string body, CancellationToken cancel)
    {
        try
        {
            await process.StandardInput.WriteAsync(body.AsMemory(), cancel);
            process.StandardInput.Close();
        }
        // It may end without reading what it was given.
        catch (IOException) { }
    }

    private static async Task DrainAsync(Stream stream)
    {
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer) > 0) { }
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException) { }
    }
}
