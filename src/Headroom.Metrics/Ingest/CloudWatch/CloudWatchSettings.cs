using System.Globalization;
using System.Text.Json.Nodes;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Sections;
using Headroom.Metrics.Ingest.Sources;

namespace Headroom.Metrics.Ingest.CloudWatch;

/// <summary>One metric of CloudWatch that is read, under all its dimensions or some. An item of <c>sources.cloudwatch</c>.</summary>
public sealed record CloudWatchSettings
{
    /// <summary>AWS Region.</summary>
    public required string Region { get; init; }

    /// <summary>For example <c>AWS/ECS</c>.</summary>
    public required string Namespace { get; init; }

    /// <summary>The metric's name.</summary>
    public required string Metric { get; init; }

    /// <summary>Statistics, each a series. Default <c>Average</c>.</summary>
    public IReadOnlyList<string> Statistics { get; init; } = ["Average"];

    /// <summary>Dimensions that must be there; <c>*</c> is any value. None: the metric under every set of dimensions it has.</summary>
    public IReadOnlyDictionary<string, string> Dimensions { get; init; } = new Dictionary<string, string>();

    /// <summary>Length of a period, and time between polls. Default 60 s.</summary>
    public TimeSpan Every { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a period must be over before it is read: CloudWatch gets its data late. Default 2 min.</summary>
    public TimeSpan Delay { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How far back is read at the start, and at most after an outage. Default 3 h.</summary>
    public TimeSpan Backfill { get; init; } = TimeSpan.FromHours(3);

    /// <summary>Labels for every series of the metric.</summary>
    public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

    internal static ObjectShape<CloudWatchSettings> Shape { get; } = Declare();

    private static ObjectShape<CloudWatchSettings> Declare()
    {
        var region = Property.Required("region", "AWS Region, for example us-east-1.", Shapes.Text(40));
        var space = Property.Required("namespace", "The metric's namespace, for example AWS/ECS.", Shapes.Text(255));
        var metric = Property.Required("metric", "The metric's name, for example CPUUtilization.", Shapes.Text(255));
        var statistics = Property.Optional<IReadOnlyList<string>>("statistics", "Statistics, each a series: Average, Sum, Minimum, Maximum, SampleCount, p99, TM(10%:90%), … Default: Average.",
            Shapes.OneOrMore(Shapes.Parsed<string>("a statistic such as Average or p99", TryStatistic, static () => [new JsonObject { ["type"] = "string" }])), ["Average"]);
        var dimensions = Property.Optional("dimensions", "Dimensions that must be there; * is any value. Without it: every set of dimensions the metric has.", Shapes.Map(Shapes.Text(1024)), new Dictionary<string, string>());
        var every = Property.Optional("every", "Length of a period, and time between polls: 1s, 5s, 10s, 30s or whole minutes. Default: 60s.", Shapes.Duration(TimeSpan.FromSeconds(1)).Checked(WhatIsWrong), TimeSpan.FromSeconds(60));
        var delay = Property.Optional("delay", "How long a period must be over before it is read: CloudWatch gets its data late. Default: 2m.", Shapes.Duration(TimeSpan.Zero), TimeSpan.FromMinutes(2));
        var backfill = Property.Optional("backfill", "How far back is read at the start, and at most after an outage. Default: 3h; at most 15d.",
            Shapes.Duration(TimeSpan.FromMinutes(1)).Checked(static back => back <= TimeSpan.FromDays(15) ? null : new Problem("cloudwatch-backfill", "The back-fill is longer than 15 days.", Fix: "Use 15d or less.")), TimeSpan.FromHours(3));
        var labels = Property.Optional("labels", "Labels for every series of the metric. Without 'service' it is the dimension ServiceName, else the namespace.", HttpSettings.Labels, new Dictionary<string, string>());
        return new ObjectShape<CloudWatchSettings>(
            "A metric that is read from CloudWatch.",
            [region, space, metric, statistics, dimensions, every, delay, backfill, labels],
            f => new CloudWatchSettings
            {
                Region = f.Get(region),
                Namespace = f.Get(space),
                Metric = f.Get(metric),
                Statistics = f.Get(statistics),
                Dimensions = f.Get(dimensions),
                Every = f.Get(every),
                Delay = f.Get(delay),
                Backfill = f.Get(backfill),
                Labels = f.Get(labels),
            });
    }

    private static Problem? WhatIsWrong(TimeSpan every)
    {
        double seconds = every.TotalSeconds;
        return seconds is 1 or 5 or 10 or 30 || (seconds % 60 == 0 && seconds <= 86_400)
            ? null
            : new Problem("cloudwatch-period", "CloudWatch has no such period.", Fix: "Use 1s, 5s, 10s, 30s, or whole minutes up to a day.");
    }

    private static bool TryStatistic(string text, out string value, out string reason)
    {
        (value, reason) = (text, "");
        if (text is "Average" or "Sum" or "Minimum" or "Maximum" or "SampleCount" or "IQM") return true;
        if (text.StartsWith('p'))
            return double.TryParse(text.AsSpan(1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double percent) && percent is >= 0 and <= 100;
        return text.Length is > 2 and < 60 && text[..2].ToUpperInvariant() is "TM" or "WM" or "PR" or "TC" or "TS" && !text.AsSpan().ContainsAny(" \t\"");
    }
}
