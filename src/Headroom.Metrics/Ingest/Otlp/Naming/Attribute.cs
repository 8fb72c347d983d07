namespace Headroom.Metrics.Ingest.Otlp;

/// <summary>An attribute with its value as text, before its name is translated.</summary>
internal readonly record struct Attribute(string Key, string Value);
