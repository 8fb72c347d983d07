namespace Headroom.Resilience.RateLimiting;

/// <summary>What a <see cref="RateBudget"/> allows. Immutable: to change a running budget, hand it a new record.</summary>
public sealed record RateBudgetOptions
{
    /// <summary>
    /// The bounds that hold together; a permit is granted only when every one of them has it, so the tighter wins.
    /// At least one; a cloud API that publishes an account bound and an operation bound gets two.
    /// </summary>
    public required IReadOnlyList<RateBound> Bounds { get; init; }

    /// <summary>
    /// Permits that may wait at most, summed over all waiting callers; a caller beyond it is refused at once with the
    /// time after which to try again. Default 10,000; 0 never waits.
    /// </summary>
    public int QueueLimit { get; init; } = 10_000;

    /// <summary>
    /// Permits in each bucket at the start, cut to its burst. Default null: full, as a provider's own bucket is for a
    /// caller that was quiet. Use 0 after a crash, when the burst may just have been spent.
    /// </summary>
    public int? InitialPermits { get; init; }

    /// <summary>Options with one bound: <paramref name="burst"/> at once and <paramref name="permitsPerSecond"/> sustained.</summary>
    public static RateBudgetOptions PerSecond(int burst, decimal permitsPerSecond) =>
        new() { Bounds = [RateBound.PerSecond(burst, permitsPerSecond)] };

    /// <summary>Everything that is wrong with these options, one sentence each; empty when they can be used.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = new List<string>();
        if (Bounds.Count == 0) errors.Add("Bounds is empty; a budget needs at least one bound.");
        for (int i = 0; i < Bounds.Count; i++)
        {
            foreach (string error in Bounds[i].Errors()) errors.Add($"Bounds[{i}].{error}");
        }

        if (QueueLimit < 0) errors.Add($"QueueLimit is {QueueLimit}; it must be 0 or more.");
        if (InitialPermits < 0) errors.Add($"InitialPermits is {InitialPermits}; it must be 0 or more, or null for a full bucket.");
        return errors;
    }
}
