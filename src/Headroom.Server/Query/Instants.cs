namespace Headroom.Server.Query;

/// <summary>Unix milliseconds as the calendar's instants, for what is shown to people.</summary>
internal static class Instants
{
    /// <summary>The instant.</summary>
    /// <exception cref="Configuration.Diagnostics.ProblemException">It lies before the year 1 or after 9999.</exception>
    public static DateTimeOffset Of(long milliseconds, string parameter) =>
        milliseconds < DateTimeOffset.MinValue.ToUnixTimeMilliseconds() || milliseconds > DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()
            ? throw RequestParameters.Invalid(parameter, "the time must lie between the years 1 and 9999.")
            : DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);
}
