using System.Diagnostics;
using Headroom.Resilience.Bench;

// dotnet run -c Release --project bench/resilience -- [rate|calls|tune|all] [seconds per row] [rounds]
string what = args.Length > 0 ? args[0] : "all";
var duration = TimeSpan.FromSeconds(args.Length > 1 ? double.Parse(args[1]) : 5);
int rounds = args.Length > 2 ? int.Parse(args[2]) : 3;
Console.WriteLine($"{Environment.ProcessorCount} cores, .NET {Environment.Version}, timestamp {Stopwatch.Frequency} Hz, {duration.TotalSeconds:0.#} s per row, best of {rounds}");
if (what is "rate" or "all") await RateRows.Run(duration, rounds);
if (what is "calls" or "all") CallRows.Run(duration);
if (what is "tune" or "all") TuneRow.Run();
