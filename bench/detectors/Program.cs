using Headroom.Detectors.Bench.Anomalies;
using Headroom.Detectors.Bench.ChangePoints;
using Headroom.Detectors.Bench.Forecasts;

string data = args.Length > 1 ? args[1] : "../shared/data";
int rounds = args.Length > 2 && int.TryParse(args[2], out int given) ? given : 200;
string what = args.Length > 0 ? args[0] : "all";
var tables = new (string Name, Action Print)[]
{
    ("noise", () => ChangePointTables.FalseAlarms(rounds)),
    ("annotated", () => ChangePointTables.Annotated(rounds)),
    ("pvalues", () => ChangePointTables.PValues(rounds)),
    ("scan", ChangePointTables.Speed),
    ("nab", () => AnomalyTables.Nab(Path.Combine(data, "nab"))),
    ("nablike", () => AnomalyTables.Generated(Math.Max(1, rounds / 20))),
    ("forecasts", () => ForecastTables.Run(rounds)),
};
if (what != "all" && tables.All(t => t.Name != what))
{
    Console.Error.WriteLine($"usage: [all|{string.Join('|', tables.Select(t => t.Name))}] [DATA [ROUNDS]]");
    return 2;
}
foreach (var (name, print) in tables)
{
    if (what != "all" && what != name) continue;
    Console.WriteLine($"\n## {name}\n");
    print();
}
return 0;
