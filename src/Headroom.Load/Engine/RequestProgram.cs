using System.Globalization;
using System.Text;
using Headroom.Load.Extraction;
using Headroom.Load.Plans;

namespace Headroom.Load.Engine;

/// <summary>A request, ready to be sent: as bytes when nothing in it changes, else as pieces to render.</summary>
internal sealed record RequestProgram
{
    public int Kind { get; init; }
    public int Origin { get; init; }
    public required string Method { get; init; }
    public long Timeout { get; init; }
    public (int Index, Condition Condition)[] Checks { get; init; } = [];
    public (int Variable, Extractor From)[] Extracts { get; init; } = [];
    public (int Metric, MetricRecord Record)[] Records { get; init; } = [];
    public bool WantsBody { get; init; }
    public bool WantsHead { get; init; }
    public bool CloseAfter { get; init; }

    /// <summary>The request line.</summary>
    public required Segment[] Line { get; init; }

    /// <summary>The headers, each with its line end.</summary>
    public required Segment[] Headers { get; init; }

    public Segment[]? Body { get; init; }

    /// <summary>The whole request when it is always the same and no cookies go with it.</summary>
    public byte[]? Rendered { get; private set; }

    public bool IsHead => Method == "HEAD";

    /// <summary>Idempotent (RFC 9110 section 9.2.2).</summary>
    public bool IsRepeatable => Method is "GET" or "HEAD" or "PUT" or "DELETE" or "OPTIONS";

    /// <summary>Whether nothing needs to be looked at in the answer but its status.</summary>
    public bool IsPlain => Checks.Length == 0 && Extracts.Length == 0 && Records.Length == 0;

    /// <summary>Joins neighbouring literals, and renders the request now if it never changes.</summary>
    public RequestProgram Finish()
    {
        var joined = this with { Line = Join(Line), Headers = Join(Headers), Body = Body is null ? null : Join(Body) };
        if (joined.Line is [{ Kind: SegmentKind.Literal }] && joined.Headers.All(s => s.Kind == SegmentKind.Literal) && joined.Body?.All(s => s.Kind == SegmentKind.Literal) != false)
        {
            byte[] body = joined.Body?.SelectMany(s => s.Bytes).ToArray() ?? [];
            string length = joined.Body is not null ? string.Create(CultureInfo.InvariantCulture, $"Content-Length: {body.Length}\r\n\r\n") : "\r\n";
            joined.Rendered = [.. joined.Line[0].Bytes, .. joined.Headers.SelectMany(s => s.Bytes), .. Encoding.ASCII.GetBytes(length), .. body];
        }
        return joined;
    }

    private static Segment[] Join(Segment[] segments)
    {
        var joined = new List<Segment>();
        foreach (var segment in segments)
        {
            if (segment.Kind == SegmentKind.Literal && joined.Count > 0 && joined[^1].Kind == SegmentKind.Literal) joined[^1] = joined[^1] with { Bytes = [.. joined[^1].Bytes, .. segment.Bytes] };
            else joined.Add(segment);
        }
        return [.. joined];
    }
}
