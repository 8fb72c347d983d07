using System.Buffers.Text;
using System.Text;
using System.Text.Encodings.Web;
using Headroom.Load.Templates;
using Headroom.Load.Transports;

namespace Headroom.Load.Engine;

/// <summary>Writes a user's next request. One for each worker; allocates only for values that are themselves new.</summary>
internal sealed class RequestRenderer(RunContext context, Random random)
{
    private const string Letters = "abcdefghijklmnopqrstuvwxyz0123456789";

    private ByteBuffer _body;
    private ByteBuffer _value;

    /// <summary>Renders a request into an exchange's own buffer.</summary>
    public void Render(RequestProgram request, VirtualUser user, ref ByteBuffer into)
    {
        into.Clear();
        Write(request.Line, user, ref into);
        Write(request.Headers, user, ref into);
        user.Cookies?.Write(request.Origin, ref into);
        if (request.Body is { } body)
        {
            _body.Clear();
            Write(body, user, ref _body);
            into.Append("Content-Length: "u8);
            Write(_body.Length, ref into);
            into.Append("\r\n\r\n"u8);
            into.Append(_body.Span);
        }
        else
        {
            into.Append("\r\n"u8);
        }
    }

    /// <summary>Renders a value that a user keeps.</summary>
    public byte[] Value(Segment[] segments, VirtualUser user)
    {
        var buffer = default(ByteBuffer);
        Write(segments, user, ref buffer);
        return buffer.Span.ToArray();
    }

    private void Write(Segment[] segments, VirtualUser user, ref ByteBuffer into)
    {
        foreach (var segment in segments)
        {
            switch (segment.Kind)
            {
                case SegmentKind.Literal: into.Append(segment.Bytes); break;
                case SegmentKind.RandomInt: Write(random.NextInt64(segment.Least, segment.Most == long.MaxValue ? segment.Most : segment.Most + 1), ref into); break;
                case SegmentKind.Vu: Write(user.Number + 1, ref into); break;
                case SegmentKind.Iteration: Write(user.Iteration, ref into); break;
                case SegmentKind.Sequence: Write(segment.Least + context.NextInSequence(), ref into); break;
                case SegmentKind.Timestamp: Write(context.WallMilliseconds, ref into); break;
                case SegmentKind.Variable: Write(user.Values[segment.Index] ?? [], segment, ref into); break;
                case SegmentKind.Feed: Write(user.FeedValue(segment.Index, segment.Column, context, random), segment, ref into); break;
                case SegmentKind.Pick: Write(segment.Choices[random.Next(segment.Choices.Length)], segment, ref into); break;
                case SegmentKind.Scenario: Write(Encoding.UTF8.GetBytes(user.Scenario.Name), segment, ref into); break;
                case SegmentKind.RandomString:
                    var text = into.Reserve((int)segment.Most);
                    for (int i = 0; i < segment.Most; i++) text[i] = (byte)Letters[random.Next(Letters.Length)];
                    into.Advance((int)segment.Most);
                    break;
                case SegmentKind.Uuid: WriteUuid(ref into); break;
            }
        }
    }

    private void WriteUuid(ref ByteBuffer into)
    {
        Span<byte> bytes = stackalloc byte[16];
        random.NextBytes(bytes);
        // Version 4, variant 1 (RFC 9562 section 5.4).
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        var guid = new Guid(bytes, bigEndian: true);
        guid.TryFormat(into.Reserve(36), out int written);
        into.Advance(written);
    }

    private void Write(ReadOnlySpan<byte> value, Segment segment, ref ByteBuffer into)
    {
        switch (segment.Filter)
        {
            case ValueFilter.Url:
                foreach (byte b in value)
                {
                    if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~') into.Append(b);
                    else WriteHex(b, ref into);
                }
                break;
            case ValueFilter.Json:
                into.Append(Encoding.UTF8.GetBytes(JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(Encoding.UTF8.GetString(value))));
                break;
            case ValueFilter.Base64:
                var room = into.Reserve(Base64.GetMaxEncodedToUtf8Length(value.Length));
                Base64.EncodeToUtf8(value, room, out _, out int written);
                into.Advance(written);
                break;
            default:
                if (!segment.OneLine || !value.ContainsAny((byte)'\r', (byte)'\n', (byte)0))
                {
                    into.Append(value);
                    break;
                }
                _value.Clear();
                foreach (byte b in value)
                    if (b is not ((byte)'\r' or (byte)'\n' or 0))
                        _value.Append(b);
                into.Append(_value.Span);
                break;
        }
    }

    private static void WriteHex(byte b, ref ByteBuffer into)
    {
        const string digits = "0123456789ABCDEF";
        into.Append((byte)'%');
        into.Append((byte)digits[b >> 4]);
        into.Append((byte)digits[b & 15]);
    }

    private static void Write(long number, ref ByteBuffer into)
    {
        Utf8Formatter.TryFormat(number, into.Reserve(20), out int written);
        into.Advance(written);
    }
}
