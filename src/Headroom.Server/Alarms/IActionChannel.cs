using Headroom.Objectives.Alarms;

namespace Headroom.Server.Alarms;

/// <summary>A way to perform actions of one kind.</summary>
internal interface IActionChannel
{
    /// <summary>Performs an action once, with such retries as are worth it at once.</summary>
    /// <param name="action">The action.</param>
    /// <param name="id">The idempotency key; the same on every attempt.</param>
    /// <param name="alarm">An alarm the notification is about.</param>
    /// <param name="body">The notification, JSON.</param>
    /// <param name="cancel">Stops the attempt.</param>
    /// <returns>Null when it was done; else why not, without secrets.</returns>
    ValueTask<string?> PerformAsync(AlarmAction action, string id, string alarm, string body, CancellationToken cancel);
}
