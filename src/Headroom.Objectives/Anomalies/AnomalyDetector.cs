namespace Headroom.Objectives.Anomalies;

/// <summary>
/// Scores the points of one series as they come, each from itself and those before it. Three questions are asked of each point, and each answer
/// is ranked among the answers given before (<see cref="TailRank"/>), so that only what is rare for this series scores high:
/// 1. how far it is from what the last values and the last cycles predict;
/// 2. how far the mean of the last points is from the long run's level, season taken out;
/// 3. how much more or less the last points move than usual.
/// </summary>
public sealed class AnomalyDetector
{
    private const int ShortReach = 10;
    private const int LongReach = 20;

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

    /// <summary>The next point. NaN and infinities score 0 and are forgotten.</summary>
    public AnomalyScore Add(double value)
    {
        _points++;
        if (_sinceAlert < int.MaxValue) _sinceAlert++;
        if (!double.IsFinite(value)) return default;
        double expected = _season.Expected();
        double surprise = 0;
        // 1.
        double error = Math.Abs(value - _predictors.Predict(expected));
        if (double.IsFinite(error))
        {
            double scaled = error / _error.Of(error);
            double own = -Math.Log10(_errors.Exceedance(scaled));
            surprise = Math.Max(surprise, _options.A * own);
            _errors.Add(scaled);
            _crowd.Add(own);
            surprise = Math.Max(surprise, _options.D * -Math.Log10(_crowds.Exceedance(_crowd.Mean)));
            _crowds.Add(_crowd.Mean);
        }
        _predictors.Learn(value, expected);
        // 2.
        double rest = value - _level.Centre(value);
        double far = Math.Abs(rest) / _level.Of(Math.Abs(rest));
        double rare = -Math.Log10(_levels.Exceedance(far));
        _levels.Add(far);
        surprise = Math.Max(surprise, _options.B * rare);
        _far.Add(rare);
        surprise = Math.Max(surprise, _options.C * -Math.Log10(_fars.Exceedance(_far.Mean)));
        _fars.Add(_far.Mean);
        _season.Add(value);
        return Decide(surprise);
    }

    private AnomalyScore Decide(double surprise)
    {
        double score = 1 - Math.Pow(10, -surprise);
        if (_points <= _options.Learning || score < _options.Threshold) return new AnomalyScore(score, false);
        if (_sinceAlert <= _options.Quiet && surprise <= _lastAlert) return new AnomalyScore(score, false);
        (_sinceAlert, _lastAlert) = (0, surprise);
        return new AnomalyScore(score, true);
    }
}

/// <summary>The judgement of one point.</summary>
/// <param name="Score">From 0 (usual) to 1: about 1 minus the chance of a point as unusual as this in the series so far.</param>
/// <param name="IsAlert">Whether it is worth a look.</param>
public readonly record struct AnomalyScore(double Score, bool IsAlert);
