using Headroom.Objectives.Histories;

namespace Headroom.Objectives.Anomalies;

/// <summary>
/// Scores the points of one series as they come, each from itself and those before it. Two questions are asked of each point, and each answer
/// is ranked among the answers given before (<see cref="TailRank"/>), so that only what is rare for this series scores high:
/// 1. how far it is from what the last values and the last cycles predict;
/// 2. how far it is from the series' long-run centre.
/// Of both also the last points together are ranked: many small surprises are a large one (as the anomaly likelihood of Lavin and Ahmad, 2015).
/// </summary>
public sealed class AnomalyDetector
{
    private const int ShortReach = 10;
    private const int LongReach = 20;

    // Far beyond what is measured; squares and sums of it are still numbers.
    private const double Largest = 1e150;

    private const double RoundingShare = 0.01;

    // Decades by which a surprise must exceed the last alert's to alert again at once.
    private const double Rise = 0.5;

    private readonly AnomalyOptions _options;
    private readonly SeasonalMemory _season;
    private readonly Predictors _predictors = new();
    private readonly RunningScale _error = new(0.002), _level = new(0.001);
    private readonly Recent _crowd = new(ShortReach), _far = new(LongReach);
    private readonly TailRank _errors = new(), _crowds = new(), _levels = new(), _fars = new();
    private int _points;
    private int _sinceAlert = int.MaxValue;
    private double _lastAlert;

    /// <summary>A detector that has seen nothing.</summary>
    /// <param name="options">When a score is an alert.</param>
    /// <param name="likelyPeriods">Periods, in points, that the distance of the points suggests: 24 for hours, 288 for five minutes.</param>
    public AnomalyDetector(AnomalyOptions? options = null, IReadOnlyList<int>? likelyPeriods = null)
    {
        _options = options ?? new AnomalyOptions();
        _season = new SeasonalMemory(likelyPeriods ?? []);
    }

    /// <summary>The next point. NaN and infinities are gaps: they score 0.</summary>
    public AnomalyScore Add(double value)
    {
        _points++;
        if (_sinceAlert < int.MaxValue) _sinceAlert++;
        if (!double.IsFinite(value))
        {
            _season.Skip();
            return default;
        }
        value = Math.Clamp(value, -Largest, Largest);
        double expected = _season.Expected();
        double surprise = 0;
        // 1.
        double error = Math.Abs(value - _predictors.Predict(expected));
        if (double.IsFinite(error))
        {
            // Errors far below the series' own spread are rounding.
            double scaled = error / Math.Max(_error.Of(error), RoundingShare * _level.Mean);
            surprise = Surprise(scaled, _errors, _crowd, _crowds);
        }
        _predictors.Learn(value, expected);
        // 2.
        double rest = value - _level.Centre(value);
        double far = Math.Abs(rest) / _level.Of(Math.Abs(rest));
        surprise = Math.Max(surprise, Surprise(far, _levels, _far, _fars));
        _season.Add(value);
        return Decide(surprise);
    }

    /// <summary>How rare an answer is, in decades, alone or together with the ones just before it.</summary>
    private static double Surprise(double answer, TailRank answers, Recent recent, TailRank together)
    {
        double alone = -Math.Log10(answers.Exceedance(answer));
        bool ranked = answers.IsReady;
        answers.Add(answer);
        if (!ranked) return 0;
        recent.Add(alone);
        double mean = recent.Mean;
        double joint = -Math.Log10(together.Exceedance(mean));
        together.Add(mean);
        return Math.Max(alone, joint);
    }

    /// <summary>Scores a history; missing rows count as gaps, and the step between points suggests seasons. One judgement for each of its points.</summary>
    public static AnomalyScore[] Score(History history, AnomalyOptions? options = null)
    {
        var detector = new AnomalyDetector(options, history.LikelyPeriods);
        var scores = new AnomalyScore[history.Values.Length];
        for (int i = 0; i < scores.Length; i++)
        {
            // The gap before this point; one that is longer than the memory of seasons has no end worth reaching.
            if (i > 0 && history.Times is { } times && history.Step > 0)
                for (double missing = Math.Round((times[i] - times[i - 1]) / (double)history.Step) - 1; missing is > 0 and < LongestGap; missing--)
                    detector.Add(double.NaN);
            scores[i] = detector.Add(history.Values[i]);
        }
        return scores;
    }

    private const int LongestGap = 4_032;

    private AnomalyScore Decide(double surprise)
    {
        double score = 1 - Math.Pow(10, -surprise);
        if (_points <= _options.Learning || score < _options.Threshold) return new AnomalyScore(score, false);
        if (_sinceAlert <= _options.Quiet && surprise <= _lastAlert + Rise) return new AnomalyScore(score, false);
        (_sinceAlert, _lastAlert) = (0, surprise);
        return new AnomalyScore(score, true);
    }
}

/// <summary>The judgement of one point.</summary>
/// <param name="Score">From 0 (usual) to 1: about 1 minus the chance of a point as unusual as this in the series so far.</param>
/// <param name="IsAlert">Whether it is worth a look.</param>
public readonly record struct AnomalyScore(double Score, bool IsAlert);
