using Headroom.Resilience.CircuitBreaking;

namespace Headroom.Resilience.Tuning;

/// <summary>How options did on a history.</summary>
/// <param name="Openings">Times the circuit went from closed to open.</param>
/// <param name="FalseOpenings">Those of them outside every outage: what tuning minimises.</param>
/// <param name="RefusedGoodCalls">Calls outside outages that would have succeeded and were refused.</param>
/// <param name="Outages">Outages there were to detect, recorded and planted.</param>
/// <param name="Detected">Those detected in time.</param>
/// <param name="MeanSecondsToDetect">Time from an outage's start to the circuit's opening, or its whole length when missed; mean over outages, 0 without any.</param>
public sealed record TuningScore(int Openings, int FalseOpenings, int RefusedGoodCalls, int Outages, int Detected, double MeanSecondsToDetect)
{
    /// <summary>Share of outages detected in time, 0 to 1; 1 when there were none.</summary>
    public double Detection => Outages == 0 ? 1 : (double)Detected / Outages;
}

/// <summary>Options and how they did.</summary>
public sealed record TuningCandidate(AdaptiveCircuitBreakerOptions Options, TuningScore Score);

/// <summary>One round of the cross-validation.</summary>
/// <param name="Block">The part that was held out, from 1.</param>
/// <param name="From">Its first call.</param>
/// <param name="To">Its last call.</param>
/// <param name="Calls">Its calls.</param>
/// <param name="Chosen">The options chosen on the other parts.</param>
/// <param name="Tuned">How they did on this one, which they had not seen.</param>
/// <param name="Current">How the current options did on it.</param>
public sealed record TuningFold(
    int Block, DateTimeOffset From, DateTimeOffset To, int Calls, AdaptiveCircuitBreakerOptions Chosen, TuningScore Tuned, TuningScore Current);

/// <summary>What tuning found.</summary>
public sealed record TuningReport
{
    /// <summary>The options to use: tuned ones when they also did better where they had not been chosen, else the current ones.</summary>
    public required AdaptiveCircuitBreakerOptions Recommended { get; init; }

    /// <summary>Whether <see cref="Recommended"/> differs from the current options.</summary>
    public required bool Changed { get; init; }

    /// <summary>Why, in one or two sentences.</summary>
    public required string Reason { get; init; }

    /// <summary>Calls in the history.</summary>
    public required int Calls { get; init; }

    /// <summary>Outages found in the history.</summary>
    public required IReadOnlyList<Outage> Outages { get; init; }

    /// <summary>Outages planted to test detection.</summary>
    public required int PlantedOutages { get; init; }

    /// <summary>The current options on the whole history.</summary>
    public required TuningCandidate Current { get; init; }

    /// <summary>The best options on the whole history; what cross-validation speaks about.</summary>
    public required TuningCandidate Best { get; init; }

    /// <summary>The current options on the held-out parts, added up.</summary>
    public required TuningScore CurrentHeldOut { get; init; }

    /// <summary>Tuned options on the parts they were not chosen on, added up: what to expect of tuning.</summary>
    public required TuningScore TunedHeldOut { get; init; }

    /// <summary>The rounds of the cross-validation.</summary>
    public required IReadOnlyList<TuningFold> Folds { get; init; }

    /// <summary>
    /// The choices that no other beats in false openings, detection, time to detect and refused good calls at once, by
    /// false openings; at most twenty.
    /// </summary>
    public required IReadOnlyList<TuningCandidate> TradeOffs { get; init; }
}
