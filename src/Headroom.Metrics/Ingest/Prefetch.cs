using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace Headroom.Metrics.Ingest;

/// <summary>
/// Asks for memory that is needed soon. With more series than the processor's caches hold, most of the time of a sample
/// of a known series is waiting for the entry and its key (bench/peers/ingest.sh with 100,000 series).
/// </summary>
internal static class Prefetch
{
    /// <summary>
    /// Series come in the order of the time before, so what follows the follower of an entry will be needed: its key two
    /// ahead, the entry itself, which must be there to find its key, three ahead.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void After(SeriesEntry entry)
    {
        if (!Sse.IsSupported || entry.Follower?.Follower is not { } second) return;
        ref byte key = ref MemoryMarshal.GetArrayDataReference(second.Key);
        Sse.Prefetch0(Unsafe.AsPointer(ref key));
        Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.Add(ref key, 64)));
        if (second.Follower is { } third) Sse.Prefetch0(Unsafe.AsPointer(ref third.CountedBy));
    }
}
