using Headroom.Resilience.CircuitBreaking;

namespace Headroom.Resilience.Tuning;

/// <summary>What tuning looks for, and what it calls an outage.</summary>
public sealed record TuningOptions
{
    /// <summary>
    /// Parts of equal numbers of calls the history is cut into, in time order; each is judged by options chosen on the
    /// others. Default 5, at least 2.
    /// </summary>
    public int Blocks { get; init; } = 5;

    /// <summary>Share of outages, recorded and planted, that options must detect to be considered. Default 0.95.</summary>
    public double MinimumDetection { get; init; } = 0.95;

    /// <summary>
    /// An outage counts as detected when the circuit leaves Closed within this time of its start, or by its tenth
    /// (<see cref="OutageFailures"/>) bad call if that comes later. Default 10 s.
    /// </summary>
    public TimeSpan DetectWithin { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Bad calls an outage has at least. Default 10.</summary>
    public int OutageFailures { get; init; } = 10;

    /// <summary>Time an outage lasts at least, and time of good calls only that ends one. Default 5 s.</summary>
    public TimeSpan OutageDuration { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Time without any call that ends an outage. Default 60 s.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// Outages planted into the history to test detection, since a good service's record holds few. Default 20; fewer
    /// when the history has no room.
    /// </summary>
    public int PlantedOutages { get; init; } = 20;

    /// <summary>Length of a planted outage; longer where 20 calls take longer. Default 30 s.</summary>
    public TimeSpan PlantedDuration { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Share of calls that fail in every second planted outage; in the others all fail. Default 0.7.</summary>
    public double PartialOutage { get; init; } = 0.7;

    /// <summary>Seed of where outages are planted. Default 1.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The options to compare; null: a grid around document 2's defaults. The current ones are always among them.</summary>
    public IReadOnlyList<AdaptiveCircuitBreakerOptions>? Candidates { get; init; }

    /// <summary>Everything that is wrong with these options, one sentence each; empty when they can be used.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = new List<string>();
        if (Blocks is < 2 or > 100) errors.Add($"Blocks is {Blocks}; it must be from 2 to 100.");
        if (!(MinimumDetection is > 0 and <= 1)) errors.Add($"MinimumDetection is {MinimumDetection}; it must be above 0 and at most 1.");
        if (!(PartialOutage is > 0.5 and <= 1)) errors.Add($"PartialOutage is {PartialOutage}; it must be above 0.5 and at most 1.");
        if (OutageFailures < 1) errors.Add($"OutageFailures is {OutageFailures}; it must be 1 or more.");
        if (PlantedOutages < 0) errors.Add($"PlantedOutages is {PlantedOutages}; it must be 0 or more.");
        if (DetectWithin <= TimeSpan.Zero) errors.Add($"DetectWithin is {DetectWithin:c}; it must be above zero.");
        if (OutageDuration <= TimeSpan.Zero) errors.Add($"OutageDuration is {OutageDuration:c}; it must be above zero.");
        if (Silence <= TimeSpan.Zero) errors.Add($"Silence is {Silence:c}; it must be above zero.");
        if (PlantedDuration < OutageDuration) errors.Add($"PlantedDuration is {PlantedDuration:c}; it must not be shorter than OutageDuration ({OutageDuration:c}).");
        return errors;
    }
}
