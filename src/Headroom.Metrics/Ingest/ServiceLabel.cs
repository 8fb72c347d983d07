namespace Headroom.Metrics.Ingest;

/// <summary>
/// The label <c>service</c>, which every stored series has: as it came, else the label <c>job</c> (which Prometheus gives
/// to whatever it scrapes), else what the ingest falls back to.
/// </summary>
public static class ServiceLabel
{
    /// <summary>The label's name.</summary>
    public const string Name = "service";

    /// <summary>The label of Prometheus that says which service a target belongs to.</summary>
    public const string Job = "job";

    /// <summary>What stands where nothing is known, as in OpenTelemetry.</summary>
    public const string Unknown = "unknown";

    /// <summary>Adds the label if it is missing; a null fallback leaves everything as it is.</summary>
    public static void Ensure(List<Label> labels, string? fallback)
    {
        if (fallback is null) return;
        string value = fallback;
        foreach (var label in labels)
        {
            if (label.Value.Length == 0) continue;
            if (label.Name == Name) return;
            if (label.Name == Job) value = label.Value;
        }
        labels.RemoveAll(static label => label.Name == Name);
        labels.Add(new Label(Name, value));
    }
}
