using Headroom.Detectors.Bench.ChangePoints;

int rounds = args.Length > 1 && int.TryParse(args[1], out int given) ? given : 200;
switch (args.FirstOrDefault())
{
    case "noise": ChangePointTables.FalseAlarms(rounds); break;
    case "annotated": ChangePointTables.Annotated(rounds); break;
    case "pvalues": ChangePointTables.PValues(rounds); break;
    case "scan": ChangePointTables.Speed(); break;
    default:
        Console.Error.WriteLine("usage: noise|annotated|pvalues|scan [ROUNDS]");
        return 2;
}
return 0;
