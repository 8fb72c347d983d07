namespace Headroom.Metrics;

/// <summary>One name and value of a series' identity. Both are UTF-8 text; any UTF-8 name is legal, as in Prometheus 3.</summary>
public readonly record struct Label(string Name, string Value);
