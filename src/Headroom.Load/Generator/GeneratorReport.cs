namespace Headroom.Load.Generator;

/// <summary>How the generator itself fared. It decides whether the measurement counts.</summary>
/// <param name="CpuPercent">CPU of the busiest worker thread, of its core; of the whole process and all cores where there is no such thread.</param>
/// <param name="ScheduleLagP99Ms">99th percentile of how much later than it could have been something was sent, in milliseconds.</param>
/// <param name="ScheduleLagMaxMs">The most.</param>
/// <param name="DroppedArrivals">Arrivals that were due and never started.</param>
/// <param name="ArrivalsDue">All that were due.</param>
/// <param name="GcPauseMs">Time all threads stood still for garbage collection.</param>
/// <param name="GcPauseMaxMs">The longest such pause.</param>
/// <param name="PortsExhausted">Connections that found no free local port.</param>
/// <param name="FilesExhausted">Connections that found no free file descriptor.</param>
/// <param name="Workers">Threads that sent requests.</param>
/// <param name="ConnectionsOpened">Connections opened.</param>
public sealed record GeneratorReport(
    double CpuPercent, double ScheduleLagP99Ms, double ScheduleLagMaxMs, long DroppedArrivals, long ArrivalsDue, double GcPauseMs, double GcPauseMaxMs,
    long PortsExhausted, long FilesExhausted, int Workers, long ConnectionsOpened);

/// <summary>Judges whether the generator carried a run. A run it did not carry is invalid: neither passed nor failed.</summary>
internal static class GeneratorVerdict
{
    /// <summary>
    /// Above this the generator's own queue is part of every latency: always where users send as fast as they can, and with arrivals at their
    /// own times when they also start late. A thread that is woken for every arrival is busy with waking long before it is late.
    /// </summary>
    public const double MostCpuPercent = 95;

    /// <summary>How late is late for a busy generator.</summary>
    public const double MostLagMsWhenBusy = 1;

    /// <summary>Schedule lag is measured in tens of microseconds on a machine that keeps up.</summary>
    public const double MostLagMs = 10;

    /// <summary>Share of arrivals that may be missing.</summary>
    public const double MostDropped = 0.001;

    /// <summary>Share of the time that may be lost to garbage collection.</summary>
    public const double MostGcShare = 0.01;

    /// <summary>What makes the run invalid, and what only limits what it says.</summary>
    /// <param name="report">How the generator fared.</param>
    /// <param name="isOpen">Whether arrivals had times of their own.</param>
    /// <param name="isJudged">Whether thresholds are to be judged by it.</param>
    /// <param name="seconds">How long it ran.</param>
    /// <param name="mostVus">The most users the plan allowed.</param>
    public static (IReadOnlyList<string> Invalid, IReadOnlyList<string> Warnings) Judge(GeneratorReport report, bool isOpen, bool isJudged, double seconds, int mostVus)
    {
        var invalid = new List<string>();
        var warnings = new List<string>();
        if (report.CpuPercent > MostCpuPercent)
        {
            string what = $"the generator used {report.CpuPercent:0}% of its CPU";
            if (isOpen ? report.ScheduleLagP99Ms > MostLagMsWhenBusy : isJudged) invalid.Add($"{what}, so its own queue is part of the latencies: use more threads or machines, or less load");
            else if (isOpen) warnings.Add($"{what}; it kept its schedule");
            else warnings.Add($"{what}: the rate is what this generator can send, and the latencies contain its own queue");
        }
        if (report.ScheduleLagP99Ms > MostLagMs) invalid.Add($"requests were sent late: schedule lag p99 {report.ScheduleLagP99Ms:0.0} ms, at most {MostLagMs:0} ms is accepted");
        if (report.ArrivalsDue > 0 && report.DroppedArrivals > report.ArrivalsDue * MostDropped)
            invalid.Add($"{report.DroppedArrivals:N0} of {report.ArrivalsDue:N0} arrivals were due and never sent, because all {mostVus:N0} users were busy: allow more users (-c, maxVUs), or lower the rate");
        if (report.PortsExhausted > 0) invalid.Add($"{report.PortsExhausted:N0} connections found no free local port: keep connections, use more machines, or widen net.ipv4.ip_local_port_range");
        if (report.FilesExhausted > 0) invalid.Add($"{report.FilesExhausted:N0} connections found no free file descriptor: raise 'ulimit -n', or use fewer users");
        if (seconds > 0 && report.GcPauseMs > seconds * 1000 * MostGcShare) invalid.Add($"the generator stood still for {report.GcPauseMs:0} ms of garbage collection");
        return (invalid, warnings);
    }
}
