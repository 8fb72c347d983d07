namespace Headroom.Metrics.Storage;

/// <summary>Whether a series may be added.</summary>
internal static class SeriesAdmission
{
    /// <summary>Why not, as the code and the sentence of a rejection; null when it may.</summary>
    public static (string Code, string Reason)? Refusal(Labels labels, int active, EmbeddedStoreOptions options)
    {
        if (labels.Count == 0) return ("no-labels", "a series needs at least a name");
        if (labels.Count > options.MaxLabels) return ("too-many-labels", $"the series has {labels.Count} labels, and may have {options.MaxLabels}");
        foreach (var (name, value) in labels.AsSpan())
        {
            if (name.Length > options.MaxLabelNameLength)
                return ("label-too-long", $"the label name {name[..32]}… has {name.Length} characters, and may have {options.MaxLabelNameLength}");
            if (value.Length > options.MaxLabelValueLength)
                return ("label-too-long", $"the value of the label {name} has {value.Length} characters, and may have {options.MaxLabelValueLength}");
            if (!UnicodeText.IsWellFormed(name) || !UnicodeText.IsWellFormed(value)) return ("invalid-label", $"the label {name} is not valid Unicode");
        }
        return active < options.MaxSeries ? null : ("too-many-series", $"the store has {active} active series and is set to take no more");
    }
}
