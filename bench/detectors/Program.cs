using Headroom.Detectors.Bench.Anomalies;
using Headroom.Detectors.Bench.ChangePoints;
using Headroom.Detectors.Bench.Forecasts;

int rounds = args.Length > 1 && int.TryParse(args[1], out int given) ? given : 200;
foreach (string a in args.Skip(2))
{
    var (name, value) = (a.Split('=')[0], double.Parse(a.Split('=')[1], System.Globalization.CultureInfo.InvariantCulture));
    var property = typeof(Headroom.Objectives.ChangePoints.ChangePointOptions).GetProperty(name, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance);
    var anomaly = typeof(Headroom.Objectives.Anomalies.AnomalyOptions).GetProperty(name, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Public | System.Reflection.BindingFlags.Instance);
    if (anomaly is not null) anomaly.SetValue(AnomalyTables.Options, anomaly.PropertyType == typeof(int) ? (object)(int)value : value);
    else if (property is null) Headroom.Objectives.ChangePoints.ChangePointOptions.Spreads = value; else property.SetValue(ChangePointTables.Options, value);
}
switch (args.FirstOrDefault())
{
    case "noise": ChangePointTables.FalseAlarms(rounds); break;
    case "annotated": ChangePointTables.Annotated(rounds); break;
    case "pvalues": ChangePointTables.PValues(rounds); break;
    case "scan": ChangePointTables.Speed(); break;
    case "misses": ChangePointTables.Misses("AR(0.6)", rounds % 100, 60); break;
    case "show": ChangePointTables.Show(AnnotatedSeriesGenerator.Kinds[rounds], 25); break;
    case "anomalies":
        AnomalyTables.Nab(args[1], true);
        break;
    case "nablike": AnomalyTables.Generated(rounds); break;
    case "forecasts": ForecastTables.Run(rounds); break;
    default:
        Console.Error.WriteLine("usage: noise|annotated|pvalues|scan [ROUNDS]");
        return 2;
}
return 0;
