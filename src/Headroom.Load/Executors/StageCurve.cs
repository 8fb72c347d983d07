namespace Headroom.Load.Executors;

/// <summary>
/// A value over time in straight pieces: a start, then stages. Time is in seconds from the scenario's start. Pure, so that
/// what a plan schedules can be known without running it.
/// </summary>
internal sealed class StageCurve
{
    private readonly Piece[] _pieces;

    public StageCurve(double start, IReadOnlyList<Stage> stages)
    {
        var pieces = new List<Piece>(stages.Count);
        double at = 0, from = start, area = 0;
        foreach (var stage in stages)
        {
            double length = stage.Duration.TotalSeconds;
            if (length > 0)
            {
                pieces.Add(new Piece(at, length, from, stage.Target, area));
                area += length * (from + stage.Target) / 2;
            }
            at += length;
            from = stage.Target;
        }
        (_pieces, Length, Area, End) = ([.. pieces], at, area, from);
        Peak = Math.Max(stages.Count == 0 || stages[0].Duration > TimeSpan.Zero ? start : 0, stages.Count == 0 ? 0 : stages.Max(s => s.Target));
    }

    /// <summary>Seconds from start to end.</summary>
    public double Length { get; }

    /// <summary>The integral over all stages.</summary>
    public double Area { get; }

    /// <summary>The highest value.</summary>
    public double Peak { get; }

    /// <summary>The value at the end.</summary>
    public double End { get; }

    /// <summary>The value at a time; at a jump the one after it.</summary>
    public double At(double seconds)
    {
        foreach (ref readonly var piece in _pieces.AsSpan())
            if (seconds < piece.Start + piece.Length)
                return piece.From + piece.Slope * (seconds - piece.Start);
        return End;
    }

    /// <summary>
    /// When the integral reaches <paramref name="area"/>: of a rate, when the arrival of that number is due. Infinite beyond
    /// <see cref="Area"/>.
    /// </summary>
    /// <param name="area">Not negative.</param>
    /// <param name="hint">A piece to start from; updated, so that rising areas are found at once.</param>
    public double WhenAreaReaches(double area, ref int hint)
    {
        for (; hint < _pieces.Length; hint++)
        {
            ref readonly var piece = ref _pieces[hint];
            double missing = area - piece.AreaBefore;
            if (missing > piece.Length * (piece.From + piece.To) / 2 || piece is { From: 0, To: 0 }) continue;
            if (piece.Slope == 0) return piece.Start + missing / piece.From;
            // From·t + Slope·t²/2 = missing, written so that neither a flat nor a falling ramp cancels digits.
            double root = Math.Sqrt(Math.Max(0, piece.From * piece.From + 2 * piece.Slope * missing));
            double sum = piece.From + root;
            return piece.Start + (sum == 0 ? 0 : 2 * missing / sum);
        }
        return double.PositiveInfinity;
    }

    /// <summary>The first time after <paramref name="seconds"/> at which the value, rounded down, may be another; infinite when there is none.</summary>
    public double NextWholeChange(double seconds)
    {
        foreach (ref readonly var piece in _pieces.AsSpan())
        {
            double end = piece.Start + piece.Length;
            if (seconds >= end) continue;
            if (piece.Slope == 0) return end;
            double value = piece.From + piece.Slope * (seconds - piece.Start);
            double next = piece.Slope > 0 ? Math.Floor(value + Tolerance) + 1 : Math.Ceiling(value - Tolerance) - 1;
            double when = piece.Start + (next - piece.From) / piece.Slope;
            // Just behind the crossing, so that looking there finds the new value.
            return Math.Min(end, Math.Max(when, seconds) + 1e-9);
        }
        return double.PositiveInfinity;
    }

    internal const double Tolerance = 1e-6;

    private readonly record struct Piece(double Start, double Length, double From, double To, double AreaBefore)
    {
        public double Slope => (To - From) / Length;
    }
}
