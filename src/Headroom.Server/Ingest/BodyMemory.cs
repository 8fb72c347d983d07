using Headroom.Configuration.Diagnostics;

namespace Headroom.Server.Ingest;

/// <summary>
/// How many bytes the bodies under way may hold together. Each request has its own bound; this one keeps a few hundred
/// of them, each within its bound, from taking the machine's memory.
/// </summary>
internal sealed class BodyMemory(long bytes)
{
    private long _held;

    /// <summary>The process's: memory is shared by all that runs in it. 1 GiB, sixteen of the largest bodies.</summary>
    public static BodyMemory Shared { get; } = new(1L << 30);

    /// <summary>Bytes held now.</summary>
    public long Held => Interlocked.Read(ref _held);

    /// <summary>Takes bytes.</summary>
    /// <exception cref="ProblemException">There are none left now: 503, to be tried again.</exception>
    public void Take(long count)
    {
        if (Interlocked.Add(ref _held, count) <= bytes) return;
        Return(count);
        throw new ProblemException(new Problem("overloaded", "The bodies of the requests under way take all the memory set aside for them.", "body",
            "Try again after the time in Retry-After.") { Kind = ProblemKind.Unavailable });
    }

    /// <summary>Gives bytes back.</summary>
    public void Return(long count) => Interlocked.Add(ref _held, -count);
}
