namespace Headroom.Load.Executors;

/// <summary>A stretch of a ramp: in <paramref name="Duration"/> the value goes in a straight line to <paramref name="Target"/>; at once when it is zero.</summary>
/// <param name="Duration">How long.</param>
/// <param name="Target">Virtual users, or iterations per time unit.</param>
public readonly record struct Stage(TimeSpan Duration, double Target);
