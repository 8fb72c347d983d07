using Microsoft.Extensions.Logging;

namespace Headroom.Server.Logging;

/// <summary>
/// Every log line of this assembly. Event ids: 1000–1099 life of the server, 1100–1199 requests, 1200–1299 ingest,
/// 1300–1399 alarms.
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

    [LoggerMessage(1210, LogLevel.Information, "Collecting from {Targets} targets, {Probes} probes and {CloudWatch} CloudWatch metrics")]
    public static partial void Collecting(ILogger logger, int targets, int probes, int cloudWatch);

    [LoggerMessage(1211, LogLevel.Warning, "{Source} failed: {Reason}")]
    public static partial void SourceFailed(ILogger logger, string source, string reason);

    [LoggerMessage(1212, LogLevel.Information, "{Source} works again")]
    public static partial void SourceRecovered(ILogger logger, string source);

    [LoggerMessage(1213, LogLevel.Warning, "{Source}: {Samples} samples were not kept, the first because {Reason}; from now on they are only counted")]
    public static partial void SourceRejected(ILogger logger, string source, long samples, string reason);

    [LoggerMessage(1214, LogLevel.Warning, "No AWS source is bound, so the {Metrics} metrics of sources.cloudwatch are not read")]
    public static partial void NoCloudWatch(ILogger logger, int metrics);

    [LoggerMessage(1300, LogLevel.Information, "Alarm {Alarm} {Labels} went from {From} to {To}: {Reason}")]
    public static partial void AlarmChanged(ILogger logger, string alarm, string labels, string from, string to, string reason);

    [LoggerMessage(1301, LogLevel.Warning, "Alarms are evaluated by the last good configuration: {Problem}")]
    public static partial void ConfigurationBroken(ILogger logger, string problem);

    [LoggerMessage(1302, LogLevel.Error, "Alarms could not be evaluated for {Instant}")]
    public static partial void EvaluationFailed(ILogger logger, DateTimeOffset instant, Exception error);

    [LoggerMessage(1303, LogLevel.Warning, "Notification {Id} of alarm {Alarm} was not delivered by {Action}, attempt {Attempt}: {Error}")]
    public static partial void DeliveryFailed(ILogger logger, string id, string alarm, string action, int attempt, string error);

    [LoggerMessage(1304, LogLevel.Information, "Notification {Id} of alarm {Alarm} was delivered by {Action}")]
    public static partial void Delivered(ILogger logger, string id, string alarm, string action);

    [LoggerMessage(1305, LogLevel.Warning, "The evaluation of alarms fell behind; {Skipped} instants were passed over in all")]
    public static partial void FellBehind(ILogger logger, long skipped);

    [LoggerMessage(1306, LogLevel.Error, "Notifications could not be sent")]
    public static partial void DispatchFailed(ILogger logger, Exception error);
}
