using System.Globalization;
using Headroom.Configuration.Diagnostics;
using Headroom.Configuration.Values;
using Headroom.Load.Executors;

namespace Headroom.Load.Plans;

/// <summary>What replaces parts of a plan: <c>VUS</c>, <c>DURATION</c> and <c>TARGET_URL</c> of the environment, and options of the command line.</summary>
public sealed record PlanOverrides
{
    /// <summary>Users; the bound on users where arrivals decide.</summary>
    public int? Vus { get; init; }

    /// <summary>Length; stages keep their proportions.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Where relative URLs start.</summary>
    public Uri? Target { get; init; }

    /// <summary>Nothing is replaced.</summary>
    public static readonly PlanOverrides None = new();

    /// <summary>Reads <c>VUS</c>, <c>DURATION</c> (seconds, or with a unit) and <c>TARGET_URL</c>; what the command line gives goes first.</summary>
    /// <exception cref="ProblemException">One of them cannot be read; carries all of them.</exception>
    public static PlanOverrides Read(Func<string, string?> environment, PlanOverrides commandLine)
    {
        var problems = new List<Problem>();
        int? vus = commandLine.Vus;
        var duration = commandLine.Duration;
        var target = commandLine.Target;
        if (vus is null && environment("VUS") is { Length: > 0 } users)
        {
            if (int.TryParse(users, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number is > 0 and <= 1_000_000) vus = number;
            else problems.Add(new Problem("load-override", "VUS is no number of users from 1 to 1,000,000.", "environment variable VUS", "Write a number such as 100."));
        }
        if (duration is null && environment("DURATION") is { Length: > 0 } length)
        {
            if (TryDuration(length, out var time)) duration = time;
            else problems.Add(new Problem("load-override", "DURATION is no duration.", "environment variable DURATION", "Write seconds such as 300, or 5m."));
        }
        if (target is null && environment("TARGET_URL") is { Length: > 0 } url)
        {
            if (UrlPlan.TryUrl(url, out var uri)) target = uri;
            else problems.Add(new Problem("load-override", "TARGET_URL is no http or https URL.", "environment variable TARGET_URL", "Write it like https://example.com."));
        }
        if (problems.Count > 0) throw new ProblemException(problems);
        return new PlanOverrides { Vus = vus, Duration = duration, Target = target };
    }

    /// <summary>Reads a length of time: <c>5m</c>, or seconds without a unit.</summary>
    public static bool TryDuration(string text, out TimeSpan duration)
    {
        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double seconds) && seconds is > 0 and < 1e9)
        {
            duration = TimeSpan.FromSeconds(seconds);
            return true;
        }
        return DurationText.TryParse(text, out duration, out _) && duration > TimeSpan.Zero;
    }

    internal LoadShape Apply(LoadShape shape)
    {
        if (Vus is { } vus) shape = shape.WithVus(vus);
        return Duration is { } duration ? shape.WithDuration(duration) : shape;
    }
}
