namespace Headroom.Objectives.Alarms;

/// <summary>What one period's value says.</summary>
public enum Datapoint : byte
{
    /// <summary>There is no value.</summary>
    Missing,

    /// <summary>The condition does not hold.</summary>
    NotBreaching,

    /// <summary>The condition holds.</summary>
    Breaching,
}

/// <summary>What a missing data point counts as when there are too few real ones (CloudWatch: TreatMissingData).</summary>
public enum MissingData
{
    /// <summary>As nothing: without real points the state is INSUFFICIENT_DATA.</summary>
    Missing,

    /// <summary>As good.</summary>
    NotBreaching,

    /// <summary>As bad.</summary>
    Breaching,

    /// <summary>The state stays as it is.</summary>
    Ignore,
}

/// <summary>
/// M out of N data points, with Amazon CloudWatch's treatment of missing data (CloudWatch user guide, "Evaluating an alarm", "How
/// alarm state is evaluated when data is missing", "Avoiding premature transitions to alarm state").
/// </summary>
/// <param name="ToAlarm">M: points that must breach.</param>
/// <param name="Periods">N: points looked at; at least M.</param>
public sealed record DatapointRule(int ToAlarm, int Periods)
{
    /// <summary>One point that breaches is enough.</summary>
    public static DatapointRule Single { get; } = new(1, 1);

    /// <summary>Points fetched, so that older real ones can stand in for missing ones: N + 2. CloudWatch publishes 5 for N = 3 and no formula.</summary>
    public int EvaluationRange => Periods + 2;

    /// <summary>The state that data points give.</summary>
    /// <param name="points">The evaluation range, oldest first.</param>
    /// <param name="missing">How missing points count.</param>
    /// <param name="current">The state now, kept by <see cref="MissingData.Ignore"/>.</param>
    public AlarmState Judge(ReadOnlySpan<Datapoint> points, MissingData missing, AlarmState current)
    {
        // 1. The most recent N real points decide, however far back in the range they lie.
        int real = 0, breaching = 0, oldestAge = 0;
        for (int i = points.Length - 1; i >= 0 && real < Periods; i--)
        {
            if (points[i] == Datapoint.Missing) continue;
            real++;
            if (points[i] == Datapoint.Breaching) breaching++;
            oldestAge = points.Length - i;
        }
        if (real == Periods || breaching >= ToAlarm) return breaching >= ToAlarm ? AlarmState.Alarm : AlarmState.Ok;

        // 2. With fewer, as many missing points as are needed are filled in.
        int filled = Periods - real;
        if (missing == MissingData.Breaching) return breaching + filled >= ToAlarm ? AlarmState.Alarm : AlarmState.Ok;
        if (missing == MissingData.NotBreaching || breaching < real) return AlarmState.Ok;

        // 3. Nothing real, or only breaching points that are too few. They alarm all the same when the oldest has waited M periods for
        //    others to speak against it; a fresh one waits for its successors.
        if (missing == MissingData.Ignore) return current;
        return real > 0 && oldestAge >= ToAlarm ? AlarmState.Alarm : AlarmState.InsufficientData;
    }
}
