namespace Headroom.Cli.Doctor;

/// <summary>How a check ended.</summary>
internal enum Health
{
    /// <summary>As it should be.</summary>
    Good,

    /// <summary>It works, and may not for long or not well.</summary>
    Warning,

    /// <summary>It does not work.</summary>
    Bad,

    /// <summary>Nothing to judge: a fact, or nothing there to check.</summary>
    Fact,
}

/// <summary>What a check found.</summary>
/// <param name="Check">What was looked at.</param>
/// <param name="Health">How it is.</param>
/// <param name="What">What was found, in one sentence.</param>
/// <param name="Fix">What to do about it; null when there is nothing.</param>
internal sealed record Finding(string Check, Health Health, string What, string? Fix = null);

/// <summary>One thing that a set-up needs, and a look at it. A check changes nothing and ends by itself.</summary>
internal interface ICheck
{
    /// <summary>Looks.</summary>
    IAsyncEnumerable<Finding> LookAsync(CancellationToken cancel);
}
