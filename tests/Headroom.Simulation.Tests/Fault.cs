namespace Headroom.Simulation.Tests;

/// <summary>Everything that is made to go wrong. A test asserts that each of them really did.</summary>
internal enum Fault
{
    CrashBeforeWrite,
    CrashBetweenWriteAndSync,
    CrashAfterSync,
    CrashWithCallUnderWay,
    TornWrite,
    PowerLoss,
    DiskFull,
    SyncError,
    Throttled,
    Failed,
    Rejected,
    TimeoutWithoutEffect,
    LostReply,
    SlowCall,
    EffectAfterTimeout,
    EffectAfterCrash,
    LookFailed,
    LookUndecided,
    WaitNeverHolds,
    ClockJumpForward,
    ClockJumpBackward,
    PauseAndGoOn,
    PauseAndExit,
    Stop,
    LateReply,
    RetryAfterTheEnd,
}

/// <summary>How likely each fault is in one seed (most seeds have only some of them), and how often it came.</summary>
internal sealed class Faults
{
    private readonly Random _random;
    private readonly double[] _probability = new double[Enum.GetValues<Fault>().Length];

    public Faults(Random random, bool none = false)
    {
        _random = random;
        if (none) return;
        // Swarm testing (Groce et al. 2012): leaving kinds out finds what all kinds together hide.
        double strength = 0.02 + 0.25 * random.NextDouble() * random.NextDouble();
        for (int i = 0; i < _probability.Length; i++)
            _probability[i] = random.Next(2) == 0 ? strength * (0.3 + random.NextDouble()) : 0;
    }

    public int[] Counts { get; } = new int[Enum.GetValues<Fault>().Length];

    /// <summary>Later than this nothing new goes wrong, so that every run can end.</summary>
    public bool Over { get; set; }

    public bool Happens(Fault fault, double weight = 1)
    {
        if (Over || _probability[(int)fault] == 0 || _random.NextDouble() >= _probability[(int)fault] * weight) return false;
        Count(fault);
        return true;
    }

    public void Count(Fault fault) => Counts[(int)fault]++;
}
