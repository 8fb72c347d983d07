using System.Net.Sockets;
using Headroom.Configuration.Diagnostics;
using Headroom.Server;
using Headroom.Server.Hosting;
using Microsoft.Extensions.Logging;

namespace Headroom.Cli.Client;

/// <summary>
/// The server of a data directory: the one that already lives there, else one hosted in this process. Every new
/// connection decides afresh, so when a command whose server we used ends, the next request is served by our own.
/// </summary>
internal sealed class DataDirectoryServer(string dataDirectory, TimeProvider time, bool verbose, TextWriter log) : IAsyncDisposable
{
    // Whoever holds the lock without a socket is starting (replaying its log) or stopping (draining); both end.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(25);

    private readonly SemaphoreSlim _starting = new(1, 1);
    private HeadroomServer? _hosted;

    /// <summary>Whether this process hosts the server.</summary>
    public bool IsHosting => _hosted is not null;

    /// <summary>Connects to the directory's server, hosting it first if nobody does.</summary>
    public async Task<Socket> ConnectAsync(CancellationToken cancel)
    {
        long started = time.GetTimestamp();
        int attempts = 0;
        while (true)
        {
            if (await DataSocket.TryConnectAsync(dataDirectory, cancel) is { } socket) return socket;
            await _starting.WaitAsync(cancel);
            try
            {
                if (_hosted is not null && attempts++ > 0)
                    throw new ProblemException(new Problem("socket-lost", "The socket of the data directory was removed while it was in use.", DataSocket.PathIn(dataDirectory),
                        "Run the command again.") { Kind = ProblemKind.Failed });
                _hosted ??= await HeadroomServer.StartAsync(Options(), cancel);
            }
            catch (ProblemException locked) when (locked.Problems[0].Code == HeadroomServer.LockedCode && time.GetElapsedTime(started) < Patience)
            {
                await Task.Delay(Pause, time, cancel);
            }
            finally
            {
                _starting.Release();
            }
        }
    }

    private ServerOptions Options() => new()
    {
        DataDirectory = dataDirectory,
        Port = null,
        Time = time,
        Log = log,
        MinimumLogLevel = verbose ? LogLevel.Debug : LogLevel.Error,
    };

    public async ValueTask DisposeAsync()
    {
        if (_hosted is not null) await _hosted.DisposeAsync();
        _starting.Dispose();
    }
}
