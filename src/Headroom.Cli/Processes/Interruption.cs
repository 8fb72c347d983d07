using System.Runtime.InteropServices;

namespace Headroom.Cli.Processes;

/// <summary>
/// Ctrl-C and SIGTERM. The first cancels <see cref="Token"/> and gives the command ten seconds to finish what is under
/// way; the second, or the end of that time, ends the process at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    /// <summary>How long a command may take to drain after the first signal.</summary>
    public static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly TimeProvider _time;
    private readonly Action<int> _exit;
    private ITimer? _watchdog;
    private int _signals;

    /// <summary>Starts listening.</summary>
    /// <param name="time">Measures the time to drain.</param>
    /// <param name="exit">Ends the process with an exit code.</param>
    public Interruption(TimeProvider time, Action<int> exit)
    {
        (_time, _exit) = (time, exit);
        foreach (var signal in (ReadOnlySpan<PosixSignal>)[PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGHUP, PosixSignal.SIGQUIT])
            _registrations.Add(PosixSignalRegistration.Create(signal, context =>
            {
                context.Cancel = true;
                Receive(context.Signal);
            }));
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The first signal received, or null.</summary>
    public PosixSignal? Signal { get; private set; }

    /// <summary>What a signal does; public so that a test can send one without a process.</summary>
    internal void Receive(PosixSignal signal)
    {
        if (Interlocked.Increment(ref _signals) > 1)
        {
            _exit(ExitCodes.Interrupted);
            return;
        }
        Signal = signal;
        // A little beyond the drain itself, so that a command which keeps to it reports its own end.
        _watchdog = _time.CreateTimer(_ => _exit(ExitCodes.Interrupted), null, DrainTime + TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        _source.Cancel();
    }

    public void Dispose()
    {
        foreach (var registration in _registrations) registration.Dispose();
        _watchdog?.Dispose();
        _source.Dispose();
    }
}
