using Microsoft.Extensions.Logging;

namespace Headroom.Server.Logging;

/// <summary>
/// Every log line of this assembly. Event ids: 1000–1099 life of the server, 1100–1199 requests, 1200–1299 ingest.
/// </summary>
internal static partial class Log
{
    /// <summary>The event that says how many lines were dropped; <see cref="LogQueue"/> writes it itself.</summary>
    public const int LinesDroppedId = 1090;

    [LoggerMessage(1000, LogLevel.Information, "Headroom {Version} serves {DataDirectory} on {Addresses}")]
    public static partial void Started(ILogger logger, string version, string dataDirectory, string addresses);

    [LoggerMessage(1001, LogLevel.Information, "Stopping: requests under way have {Seconds} s to finish")]
    public static partial void Stopping(ILogger logger, double seconds);

    [LoggerMessage(1002, LogLevel.Information, "Stopped: everything accepted is on disk")]
    public static partial void Stopped(ILogger logger);

    [LoggerMessage(1003, LogLevel.Warning, "Requests were still under way when the time to drain ended; their connections were closed")]
    public static partial void DrainTimedOut(ILogger logger);

    [LoggerMessage(1004, LogLevel.Information, "Removed the socket that a server which is gone left at {Path}")]
    public static partial void RemovedStaleSocket(ILogger logger, string path);

    [LoggerMessage(1005, LogLevel.Warning, "Telemetry could not all be sent to {Collector} before the end")]
    public static partial void TelemetryNotSent(ILogger logger, string collector);

    [LoggerMessage(1006, LogLevel.Information, "API key {Id} ({Name}) was created with {Scopes}")]
    public static partial void KeyCreated(ILogger logger, string id, string name, string scopes);

    [LoggerMessage(1007, LogLevel.Information, "API key {Id} was revoked")]
    public static partial void KeyRevoked(ILogger logger, string id);

    [LoggerMessage(1010, LogLevel.Warning, "The metrics cluster: {Note}")]
    public static partial void ClusterLacks(ILogger logger, string note);

    [LoggerMessage(1100, LogLevel.Error, "{Method} {Path} failed")]
    public static partial void RequestFailed(ILogger logger, string method, string path, Exception error);

    [LoggerMessage(1101, LogLevel.Debug, "{Method} {Path} was answered {Status}: {Problem}")]
    public static partial void RequestRefused(ILogger logger, string method, string path, int status, string problem);

    [LoggerMessage(1102, LogLevel.Warning, "{Method} {Path} was answered 429: the queue is full")]
    public static partial void Overloaded(ILogger logger, string method, string path);

    [LoggerMessage(1103, LogLevel.Information, "{Method} {Path} was answered 429: {Client} asks faster than it may")]
    public static partial void Throttled(ILogger logger, string method, string path, string client);

    [LoggerMessage(1104, LogLevel.Information, "{Method} {Path} was answered {Status}: {Why}")]
    public static partial void NotAuthorized(ILogger logger, string method, string path, int status, string why);
}
