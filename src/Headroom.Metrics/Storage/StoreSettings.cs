using Headroom.Configuration.Sections;
using Headroom.Configuration.Values;

namespace Headroom.Metrics.Storage;

/// <summary>What <c>metrics</c> says about the embedded store beside its log.</summary>
/// <param name="Retention">How long samples are kept at each resolution.</param>
/// <param name="OutOfOrderWindow">How much older than the newest of its series a sample may be; null for any age that was not rolled up.</param>
/// <param name="MaxSeries">Series that may be active at once.</param>
/// <param name="MaxLabels">Labels of one series.</param>
/// <param name="MaxLabelNameLength">Longest label name in characters.</param>
/// <param name="MaxLabelValueLength">Longest label value in characters.</param>
/// <param name="MaxExemplars">Exemplars kept.</param>
public sealed record StoreSettings(
    RetentionPolicy Retention, TimeSpan? OutOfOrderWindow, int MaxSeries, int MaxLabels, int MaxLabelNameLength, int MaxLabelValueLength, int MaxExemplars)
{
    private const int MostSeries = 100_000_000;

    private static readonly EmbeddedStoreOptions Defaults = new() { Directory = "" };

    /// <summary>The defaults.</summary>
    public static StoreSettings Default { get; } = new(
        RetentionPolicy.Default, null, Defaults.MaxSeries, Defaults.MaxLabels, Defaults.MaxLabelNameLength, Defaults.MaxLabelValueLength, Defaults.MaxExemplars);

    private static readonly Property<TimeSpan> Raw = Property.Optional("raw", "Samples as they came. Default: 35d.", Shapes.Duration(TimeSpan.FromHours(1)), RetentionPolicy.Default.Raw);
    private static readonly Property<TimeSpan> FiveMinutes = Property.Optional("5m", "Every 5 minutes; not used when it is no longer than raw. Default: 180d.",
        Shapes.Duration(TimeSpan.FromHours(1)), RetentionPolicy.Default.FiveMinutes);
    private static readonly Property<TimeSpan> Hour = Property.Optional("1h", "Every hour; not used when it is no longer than the others. Default: 730d.",
        Shapes.Duration(TimeSpan.FromHours(1)), RetentionPolicy.Default.Hour);

    private static readonly Property<RetentionPolicy> Kept = Property.Optional("retention",
        "How long samples are kept at each resolution, counted back from the newest sample. Older ones are rolled up to the next, and dropped after the last.",
        new ObjectShape<RetentionPolicy>("How long samples are kept at each resolution.", [Raw, FiveMinutes, Hour], f => new RetentionPolicy(f.Get(Raw), f.Get(FiveMinutes), f.Get(Hour))),
        RetentionPolicy.Default);

    private static readonly Property<TimeSpan?> Window = Property.Optional("outOfOrderWindow",
        "How much older than the newest sample of its series a sample may be. Default: any age, as long as the series has not been rolled up there. Single observations of distributions may always be 10m older.",
        Shapes.Duration().Maybe(), null);

    private static readonly Property<int> Series = Property.Optional("series", "Series that may be active at once; samples of further ones are refused. Default: 1000000.", Count(1, MostSeries), Defaults.MaxSeries);
    private static readonly Property<int> LabelsOfSeries = Property.Optional("labels", "Labels of one series, its name included. Default: 64.", Count(1, 1000), Defaults.MaxLabels);
    private static readonly Property<int> LabelName = Property.Optional("labelName", "Longest label name in characters. Default: 1024.", Count(1, 1 << 16), Defaults.MaxLabelNameLength);
    private static readonly Property<int> LabelValue = Property.Optional("labelValue", "Longest label value in characters. Default: 4096.", Count(1, 1 << 16), Defaults.MaxLabelValueLength);
    private static readonly Property<int> Exemplars = Property.Optional("exemplars", "Exemplars kept; the oldest go first. Default: 100000.", Count(0, 10_000_000), Defaults.MaxExemplars);

    private static readonly Property<StoreSettings> Bounds = Property.Optional("limits", "Bounds of the embedded store.",
        new ObjectShape<StoreSettings>("Bounds of the embedded store.", [Series, LabelsOfSeries, LabelName, LabelValue, Exemplars], BoundsOf), Default);

    /// <summary>The keys of the section <c>metrics</c> that belong to the embedded store.</summary>
    internal static IReadOnlyList<Property> Properties { get; } = [Kept, Window, Bounds];

    /// <summary>What the keys say.</summary>
    internal static StoreSettings Of(Fields fields) => (fields.Has(Bounds, out var bounds) ? bounds : Default) with { Retention = fields.Get(Kept), OutOfOrderWindow = fields.Get(Window) };

    /// <summary>Options as these settings want them.</summary>
    /// <param name="options">The other options.</param>
    /// <param name="knowsRetention">Whether a configuration was read; otherwise the store keeps to the retention it was told last.</param>
    public EmbeddedStoreOptions Apply(EmbeddedStoreOptions options, bool knowsRetention) => options with
    {
        Retention = knowsRetention ? Retention : null,
        SampleWindow = OutOfOrderWindow,
        MaxSeries = MaxSeries,
        MaxLabels = MaxLabels,
        MaxLabelNameLength = MaxLabelNameLength,
        MaxLabelValueLength = MaxLabelValueLength,
        MaxExemplars = MaxExemplars,
    };

    private static StoreSettings BoundsOf(Fields f) =>
        new(RetentionPolicy.Default, null, f.Get(Series), f.Get(LabelsOfSeries), f.Get(LabelName), f.Get(LabelValue), f.Get(Exemplars));

    private static Shape<int> Count(int least, int most) => Shapes.Parsed(
        "a whole number",
        (string text, out int value, out string reason) =>
        {
            value = 0;
            reason = "";
            if (!NumberText.TryParse(text, out double number) || number != Math.Floor(number)) return false;
            if (number < least || number > most) reason = $"it must be from {least} to {most}";
            if (reason.Length > 0) return false;
            value = (int)number;
            return true;
        },
        () => [new System.Text.Json.Nodes.JsonObject { ["type"] = "integer", ["minimum"] = least, ["maximum"] = most }]);
}
