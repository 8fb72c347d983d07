namespace Headroom.Load.Generator;

/// <summary>Garbage collection since it was made: how long all threads stood still, and the longest time.</summary>
internal sealed class GcWatch
{
    private readonly TimeSpan _before = GC.GetTotalPauseDuration();
    private readonly TimeSpan _cpuBefore = Environment.CpuUsage.TotalTime;
    private long _lastIndex = GC.GetGCMemoryInfo(GCKind.Any).Index;

    public double PauseMs => (GC.GetTotalPauseDuration() - _before).TotalMilliseconds;

    public double LongestMs { get; private set; }

    /// <summary>CPU time of the whole process since the start.</summary>
    public TimeSpan ProcessCpu => Environment.CpuUsage.TotalTime - _cpuBefore;

    /// <summary>Looks at the latest collection; called every second or oftener.</summary>
    public void Look()
    {
        var info = GC.GetGCMemoryInfo(GCKind.Any);
        if (info.Index == _lastIndex) return;
        _lastIndex = info.Index;
        foreach (var pause in info.PauseDurations) LongestMs = Math.Max(LongestMs, pause.TotalMilliseconds);
    }
}
