namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>Why one data point or span is not kept; <c>default</c> when nothing is wrong with it.</summary>
/// <param name="Code">Stable kebab-case name.</param>
/// <param name="Reason">Completes "metric x: …".</param>
internal readonly record struct PointFault(string Code, string Reason)
{
    public bool IsNone => Code is null;

    public static PointFault Damaged(string what) => new("malformed", $"{what} cannot be read: the bytes are not protobuf");
}
