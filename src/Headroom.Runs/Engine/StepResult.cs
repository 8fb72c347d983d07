namespace Headroom.Runs;

/// <summary>What came of executing a step.</summary>
public enum StepResultKind : byte
{
    /// <summary>Its effect is there.</summary>
    Done,

    /// <summary>It did not work; trying again may.</summary>
    Failed,

    /// <summary>It did not work and never will as it is (bad request, forbidden).</summary>
    Rejected,

    /// <summary>The other side asked to slow down; nothing was done.</summary>
    Throttled,

    /// <summary>It was begun and there was no answer: timed out, cancelled, connection lost.</summary>
    Unknown,
}

/// <summary>What an action gives back.</summary>
public readonly record struct StepResult
{
    /// <summary>Longest <see cref="Output"/> in characters; what is larger belongs in a file or a store, and its name here.</summary>
    public const int MaxOutput = 16 * 1024;

    /// <summary>What came of it.</summary>
    public StepResultKind Kind { get; private init; }

    /// <summary>Why, for people; null when there is nothing to say.</summary>
    public string? Text { get; private init; }

    /// <summary>What dependents may want to know, for example an ARN; kept in the journal.</summary>
    public string? Output { get; private init; }

    /// <summary>How long the other side asked to be left alone.</summary>
    public TimeSpan RetryAfter { get; private init; }

    /// <summary>Its effect is there.</summary>
    /// <exception cref="ArgumentException">The output is longer than <see cref="MaxOutput"/>.</exception>
    public static StepResult Done(string? output = null)
    {
        if (output?.Length > MaxOutput) throw new ArgumentException($"an output of {output.Length} characters is longer than the {MaxOutput} allowed", nameof(output));
        return new StepResult { Kind = StepResultKind.Done, Output = output };
    }

    /// <summary>It did not work, and trying again may.</summary>
    public static StepResult Failed(string text) => new() { Kind = StepResultKind.Failed, Text = text };

    /// <summary>It did not work and will not work as it is.</summary>
    public static StepResult Rejected(string text) => new() { Kind = StepResultKind.Rejected, Text = text };

    /// <summary>Nothing was done; the rates it draws on are held back for the time given.</summary>
    public static StepResult Throttled(string text, TimeSpan retryAfter = default) =>
        new() { Kind = StepResultKind.Throttled, Text = text, RetryAfter = retryAfter };

    /// <summary>Nobody knows what came of it: it will be looked at before anything else.</summary>
    public static StepResult Unknown(string text) => new() { Kind = StepResultKind.Unknown, Text = text };
}

/// <summary>What looking at the outside world told about a step that was interrupted.</summary>
public enum CheckVerdict : byte
{
    /// <summary>Its effect is there.</summary>
    Done,

    /// <summary>Its effect is not there, and nothing is under way that could bring it.</summary>
    NotDone,

    /// <summary>It cannot be told; a person must say.</summary>
    Undecided,

    /// <summary>Looking did not work this time.</summary>
    Failed,
}

/// <summary>A verdict, and why.</summary>
/// <param name="Verdict">What was found.</param>
/// <param name="Text">Why, for people.</param>
/// <param name="Output">With <see cref="CheckVerdict.Done"/>: the output the step would have had.</param>
public readonly record struct CheckResult(CheckVerdict Verdict, string? Text = null, string? Output = null);

/// <summary>Whether the condition that a step waits for holds.</summary>
public enum PollVerdict : byte
{
    /// <summary>It holds.</summary>
    Holds,

    /// <summary>It does not hold yet, or could not be looked at this time.</summary>
    NotYet,

    /// <summary>It will never hold.</summary>
    Failed,
}

/// <summary>A verdict on a condition, and why.</summary>
/// <param name="Verdict">Whether it holds.</param>
/// <param name="Text">Why, for people.</param>
public readonly record struct PollResult(PollVerdict Verdict, string? Text = null);
