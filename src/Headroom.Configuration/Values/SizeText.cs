using System.Globalization;

namespace Headroom.Configuration.Values;

/// <summary>
/// Sizes in bytes: <c>512</c>, <c>10MB</c> (powers of 1000), <c>256MiB</c> (powers of 1024, IEC 80000-13). A fraction
/// is allowed when it comes to whole bytes, as in <c>1.5GiB</c>.
/// </summary>
public static class SizeText
{
    private static readonly (string Unit, long Bytes)[] Units =
    [
        ("", 1), ("B", 1),
        ("KB", 1_000), ("kB", 1_000), ("MB", 1_000_000), ("GB", 1_000_000_000), ("TB", 1_000_000_000_000), ("PB", 1_000_000_000_000_000),
        ("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("PiB", 1L << 50),
    ];

    internal const string Pattern = @"^[0-9]+(\.[0-9]+)?(B|[kKMGTP]B|[KMGTP]iB)?$";

    /// <summary>Reads a size; when it is none, <paramref name="reason"/> says why without repeating the text.</summary>
    public static bool TryParse(string text, out long bytes, out string reason)
    {
        bytes = 0;
        reason = "";
        int split = 0;
        while (split < text.Length && (char.IsAsciiDigit(text[split]) || text[split] == '.')) split++;
        if (!decimal.TryParse(text.AsSpan(0, split), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
            return Fail(out reason, "it must start with a number");
        string unit = text[split..].TrimStart();
        int index = Array.FindIndex(Units, u => u.Unit == unit);
        if (index < 0)
        {
            return Fail(out reason, unit is "K" or "M" or "G" or "T" or "k" or "m" or "g"
                ? $"'{unit}' could mean 1000 or 1024: write {unit.ToUpperInvariant()}B or {unit.ToUpperInvariant()}iB"
                : "the unit is none of B, KB, MB, GB, TB, PB, KiB, MiB, GiB, TiB and PiB");
        }
        decimal total;
        try
        {
            total = number * Units[index].Bytes;
        }
        catch (OverflowException)
        {
            return Fail(out reason, "it is too large");
        }
        if (total > long.MaxValue) return Fail(out reason, "it is too large");
        if (total != decimal.Truncate(total)) return Fail(out reason, "it does not come to whole bytes");
        bytes = (long)total;
        return true;
    }

    private static bool Fail(out string reason, string why)
    {
        reason = why;
        return false;
    }
}
