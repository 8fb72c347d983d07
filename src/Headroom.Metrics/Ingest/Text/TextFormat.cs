namespace Headroom.Metrics.Ingest.Text;

/// <summary>Which of the two text formats of the Prometheus world; they differ in what a timestamp means.</summary>
public enum TextFormat
{
    /// <summary>OpenMetrics when the last line is <c># EOF</c>, else Prometheus's.</summary>
    Auto,

    /// <summary>Prometheus text format 0.0.4: timestamps are whole milliseconds.</summary>
    Prometheus,

    /// <summary>OpenMetrics 1.0: timestamps are seconds, possibly with a fraction, and <c># EOF</c> ends the text.</summary>
    OpenMetrics,
}

/// <summary>How text is read.</summary>
public sealed record TextImportOptions : ImportOptions
{
    /// <summary>
    /// The format. Default <see cref="TextFormat.Auto"/>, which needs the end of the text: of a stream that cannot seek it
    /// looks at the first MiB only, and takes a longer text for Prometheus's unless it holds lines that only OpenMetrics has.
    /// </summary>
    public TextFormat Format { get; init; } = TextFormat.Auto;

    /// <summary>Time of samples without a timestamp, Unix milliseconds. Default null: the time when reading starts.</summary>
    public long? DefaultTime { get; init; }

    /// <summary>
    /// Labels that every series gets; one of that name that came stays as <c>exported_NAME</c>. Default none. See
    /// <see cref="ImportOptions.DefaultLabels"/> for labels that give way.
    /// </summary>
    public IReadOnlyList<Label> TargetLabels { get; init; } = [];

    /// <summary>The format that a Content-Type header names, or <see cref="TextFormat.Auto"/> when it names neither.</summary>
    public static TextFormat FormatOf(string? contentType)
    {
        if (contentType is null) return TextFormat.Auto;
        if (contentType.StartsWith("application/openmetrics-text", StringComparison.OrdinalIgnoreCase)) return TextFormat.OpenMetrics;
        bool versioned = contentType.StartsWith("text/plain", StringComparison.OrdinalIgnoreCase)
            && (contentType.Contains("version=0.0.4", StringComparison.OrdinalIgnoreCase) || contentType.Contains("version=1.0.0", StringComparison.OrdinalIgnoreCase));
        return versioned ? TextFormat.Prometheus : TextFormat.Auto;
    }
}
