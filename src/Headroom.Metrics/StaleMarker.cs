namespace Headroom.Metrics;

/// <summary>
/// The NaN with which Prometheus marks that a series has ended; a look-back never reaches past it.
/// </summary>
public static class StaleMarker
{
    private const ulong Bits = 0x7ff0000000000002;

    /// <summary>The marker's value. Compare with <see cref="IsStale"/>, not with <c>==</c>.</summary>
    public static readonly double Value = BitConverter.UInt64BitsToDouble(Bits);

    /// <summary>Whether a float is the marker, bit for bit.</summary>
    public static bool IsStale(double value) => BitConverter.DoubleToUInt64Bits(value) == Bits;
}
