using System.Buffers;
using System.Text;

namespace Headroom.Runs;

/// <summary>
/// The payload of a run's journal records, version 1: step + 1, attempt (varint), code (byte), ticks since the run began, Unix
/// milliseconds (varint), then text and output, each as length + 1 (varint, 0 for none) and UTF-8. The type stands in the
/// journal's own field.
/// </summary>
public static class RunRecordCodec
{
    /// <summary>Longest text in characters; what is longer is cut and says so.</summary>
    public const int MaxText = 2_000;

    private const string CutMark = " … (cut)";

    /// <summary>Writes a record's payload, stamped with the wall clock.</summary>
    public static void Write(ArrayBufferWriter<byte> to, in RunRecord record, long utcMilliseconds)
    {
        string? text = record.Text;
        if (text?.Length > MaxText && record.Type != RunRecordType.Started) text = string.Concat(text.AsSpan(0, MaxText), CutMark);
        int most = 48 + Encoding.UTF8.GetMaxByteCount(text?.Length ?? 0) + Encoding.UTF8.GetMaxByteCount(record.Output?.Length ?? 0);
        var span = to.GetSpan(most);
        int at = 0;
        Varint(span, ref at, (ulong)(record.Step + 1));
        Varint(span, ref at, (ulong)record.Attempt);
        span[at++] = record.Code;
        Varint(span, ref at, (ulong)record.At.Ticks);
        Varint(span, ref at, (ulong)utcMilliseconds);
        String(span, ref at, text);
        String(span, ref at, record.Output);
        to.Advance(at);
    }

    /// <summary>Reads a payload back.</summary>
    /// <returns>False when the bytes are not such a payload.</returns>
    public static bool TryRead(byte type, long epoch, ReadOnlySpan<byte> payload, out RunRecord record)
    {
        record = default;
        if (type is < (byte)RunRecordType.Started or > (byte)RunRecordType.Ended) return false;
        int at = 0;
        if (!TryVarint(payload, ref at, out ulong step) || step > int.MaxValue
            || !TryVarint(payload, ref at, out ulong attempt) || attempt > int.MaxValue || at >= payload.Length) return false;
        byte code = payload[at++];
        if (!TryVarint(payload, ref at, out ulong ticks) || ticks > long.MaxValue
            || !TryVarint(payload, ref at, out ulong utc) || utc > long.MaxValue
            || !TryString(payload, ref at, out string? text) || !TryString(payload, ref at, out string? output)
            || at != payload.Length) return false;
        record = new RunRecord
        {
            Type = (RunRecordType)type,
            Step = (int)step - 1,
            Attempt = (int)attempt,
            Code = code,
            At = TimeSpan.FromTicks((long)ticks),
            UtcMilliseconds = (long)utc,
            Text = text,
            Output = output,
            Epoch = epoch,
        };
        return true;
    }

    private static void Varint(Span<byte> to, ref int at, ulong value)
    {
        for (; value >= 0x80; value >>= 7) to[at++] = (byte)(value | 0x80);
        to[at++] = (byte)value;
    }

    private static bool TryVarint(ReadOnlySpan<byte> from, ref int at, out ulong value)
    {
        value = 0;
        for (int shift = 0; shift < 64 && at < from.Length; shift += 7)
        {
            byte next = from[at++];
            value |= (ulong)(next & 0x7f) << shift;
            if (next < 0x80) return true;
        }
        return false;
    }

    private static void String(Span<byte> to, ref int at, string? value)
    {
        if (value is null)
        {
            to[at++] = 0;
            return;
        }
        Varint(to, ref at, (ulong)Encoding.UTF8.GetByteCount(value) + 1);
        at += Encoding.UTF8.GetBytes(value, to[at..]);
    }

    private static bool TryString(ReadOnlySpan<byte> from, ref int at, out string? value)
    {
        value = null;
        if (!TryVarint(from, ref at, out ulong length)) return false;
        if (length == 0) return true;
        if (length - 1 > (ulong)(from.Length - at)) return false;
        value = Encoding.UTF8.GetString(from.Slice(at, (int)(length - 1)));
        at += (int)(length - 1);
        return true;
    }
}
