namespace Headroom.Load.Transports;

/// <summary>
/// Carries the requests of one worker. Everything is called on the worker's thread, and it tells owners there too; never from within
/// <see cref="Send"/>.
/// </summary>
internal interface ITransport : IDisposable
{
    /// <summary>How requests travel, for people: <c>epoll, HTTP/1.1</c>.</summary>
    string Name { get; }

    /// <summary>Connections opened so far.</summary>
    long ConnectionsOpened { get; }

    /// <summary>Starts an exchange, whose request is complete.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="now">The time, which the caller has just looked up.</param>
    void Send(Exchange exchange, long now);

    /// <summary>Tells owners what has ended; waits for that until a time of the clock, in nanoseconds, at the latest.</summary>
    void Poll(long until);

    /// <summary>Gives an exchange up; its owner is not told.</summary>
    void Cancel(Exchange exchange);

    /// <summary>Closes the idle connections of a user that is done.</summary>
    void Release(ConnectionSet connections);
}
