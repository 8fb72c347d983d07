namespace Headroom.Objectives.Anomalies;

/// <summary>When a surprise is an alert. The defaults are the one setting all measured scores hold for.</summary>
public sealed record AnomalyOptions
{
    /// <summary>A point is an alert when its score is at least this; 0.998 by default.</summary>
    public double Threshold { get; init; } = 0.998;

    /// <summary>After an alert only a higher score alerts within this many points; 150 by default.</summary>
    public int Quiet { get; init; } = 150;

    /// <summary>Points without any alert at the start, while the detector learns; 100 by default.</summary>
    public int Learning { get; init; } = 100;
}
