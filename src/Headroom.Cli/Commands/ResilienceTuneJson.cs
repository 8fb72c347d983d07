using System.Text.Json;
using System.Text.Json.Serialization;
using Headroom.Resilience.CircuitBreaking;
using Headroom.Resilience.Tuning;

namespace Headroom.Cli.Commands;

/// <summary>A tuning report as JSON; the same shape of options is read by <c>--current</c>.</summary>
internal static class ResilienceTuneJson
{
    public static string Write(TuningReport report, FailureHistory history) => JsonSerializer.Serialize(
        new TuneDocument(report.Calls, history.Calls[0].StartedAt, history.Calls[^1].StartedAt, report.Changed, report.Reason,
            BreakerDocument.From(report.Recommended), Candidate(report.Current), Candidate(report.Best),
            new HeldOutDocument(Score(report.CurrentHeldOut), Score(report.TunedHeldOut)), report.Outages, report.PlantedOutages,
            [.. report.Folds.Select(fold => new BlockDocument(fold.Block, fold.From, fold.To, fold.Calls, BreakerDocument.From(fold.Chosen), Score(fold.Current), Score(fold.Tuned)))],
            [.. report.TradeOffs.Select(Candidate)]),
        TuneJson.Default.TuneDocument);

    public static AdaptiveCircuitBreakerOptions ReadOptions(string json) =>
        (JsonSerializer.Deserialize(json, TuneJson.Default.BreakerDocument) ?? throw new JsonException("it is null")).ToOptions();

    private static CandidateDocument Candidate(TuningCandidate candidate) => new(BreakerDocument.From(candidate.Options), Score(candidate.Score));

    private static ScoreDocument Score(TuningScore score) => new(score.Openings, score.FalseOpenings, score.RefusedGoodCalls, score.Outages, score.Detected, score.MeanSecondsToDetect);
}

internal sealed record TuneDocument(int Calls, DateTimeOffset From, DateTimeOffset To, bool Changed, string Reason, BreakerDocument Recommended,
    CandidateDocument Current, CandidateDocument Best, HeldOutDocument HeldOut, IReadOnlyList<Outage> Outages, int PlantedOutages,
    IReadOnlyList<BlockDocument> Blocks, IReadOnlyList<CandidateDocument> TradeOffs);

internal sealed record CandidateDocument(BreakerDocument Options, ScoreDocument Score);

internal sealed record ScoreDocument(int Openings, int FalseOpenings, int RefusedGoodCalls, int Outages, int Detected, double MeanSecondsToDetect);

internal sealed record HeldOutDocument(ScoreDocument Current, ScoreDocument Tuned);

internal sealed record BlockDocument(int Block, DateTimeOffset From, DateTimeOffset To, int Calls, BreakerDocument Chosen, ScoreDocument Current, ScoreDocument Tuned);

/// <summary>Circuit-breaker options with units in their names; what is left out is the package's default.</summary>
internal sealed record BreakerDocument
{
    private static readonly AdaptiveCircuitBreakerOptions s_defaults = new();

    public int LowTrafficFailures { get; init; } = s_defaults.LowTrafficFailures;
    public int NormalTrafficFailures { get; init; } = s_defaults.NormalTrafficFailures;
    public int HighTrafficFailures { get; init; } = s_defaults.HighTrafficFailures;
    public double LowTrafficBelowPerSecond { get; init; } = s_defaults.LowTrafficBelow;
    public double HighTrafficAbovePerSecond { get; init; } = s_defaults.HighTrafficAbove;
    public double WindowSeconds { get; init; } = s_defaults.Window.TotalSeconds;
    public int MinimumCalls { get; init; } = s_defaults.MinimumCalls;
    public double FailureRatio { get; init; } = s_defaults.FailureRatio;
    public double SlowCallSeconds { get; init; } = s_defaults.SlowCallDuration.TotalSeconds;
    public double SlowCallRatio { get; init; } = s_defaults.SlowCallRatio;
    public double BreakSeconds { get; init; } = s_defaults.BreakDuration.TotalSeconds;
    public double MaxBreakSeconds { get; init; } = s_defaults.MaxBreakDuration.TotalSeconds;
    public double BreakJitter { get; init; } = s_defaults.BreakJitter;
    public int SuccessThreshold { get; init; } = s_defaults.SuccessThreshold;
    public int MaxProbes { get; init; } = s_defaults.MaxProbes;
    public double ProbeTimeoutSeconds { get; init; } = s_defaults.ProbeTimeout.TotalSeconds;

    public static BreakerDocument From(AdaptiveCircuitBreakerOptions options) => new()
    {
        LowTrafficFailures = options.LowTrafficFailures,
        NormalTrafficFailures = options.NormalTrafficFailures,
        HighTrafficFailures = options.HighTrafficFailures,
        LowTrafficBelowPerSecond = options.LowTrafficBelow,
        HighTrafficAbovePerSecond = options.HighTrafficAbove,
        WindowSeconds = options.Window.TotalSeconds,
        MinimumCalls = options.MinimumCalls,
        FailureRatio = options.FailureRatio,
        SlowCallSeconds = options.SlowCallDuration.TotalSeconds,
        SlowCallRatio = options.SlowCallRatio,
        BreakSeconds = options.BreakDuration.TotalSeconds,
        MaxBreakSeconds = options.MaxBreakDuration.TotalSeconds,
        BreakJitter = options.BreakJitter,
        SuccessThreshold = options.SuccessThreshold,
        MaxProbes = options.MaxProbes,
        ProbeTimeoutSeconds = options.ProbeTimeout.TotalSeconds,
    };

    public AdaptiveCircuitBreakerOptions ToOptions() => new()
    {
        LowTrafficFailures = LowTrafficFailures,
        NormalTrafficFailures = NormalTrafficFailures,
        HighTrafficFailures = HighTrafficFailures,
        LowTrafficBelow = LowTrafficBelowPerSecond,
        HighTrafficAbove = HighTrafficAbovePerSecond,
        Window = TimeSpan.FromSeconds(WindowSeconds),
        MinimumCalls = MinimumCalls,
        FailureRatio = FailureRatio,
        SlowCallDuration = TimeSpan.FromSeconds(SlowCallSeconds),
        SlowCallRatio = SlowCallRatio,
        BreakDuration = TimeSpan.FromSeconds(BreakSeconds),
        MaxBreakDuration = TimeSpan.FromSeconds(MaxBreakSeconds),
        BreakJitter = BreakJitter,
        SuccessThreshold = SuccessThreshold,
        MaxProbes = MaxProbes,
        ProbeTimeout = TimeSpan.FromSeconds(ProbeTimeoutSeconds),
    };
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(TuneDocument))]
[JsonSerializable(typeof(BreakerDocument))]
internal sealed partial class TuneJson : JsonSerializerContext;
