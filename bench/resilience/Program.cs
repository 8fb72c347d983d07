using System.Diagnostics;
using Headroom.Resilience.Bench;

// dotnet run -c Release --project bench/resilience -- [rate|calls|all] [seconds]
string what = args.Length > 0 ? args[0] : "all";
var duration = TimeSpan.FromSeconds(args.Length > 1 ? double.Parse(args[1]) : 5);
Console.WriteLine($"{Environment.ProcessorCount} cores, .NET {Environment.Version}, timestamp {Stopwatch.Frequency} Hz, {duration.TotalSeconds:0.#} s per row");
if (what is "rate" or "all") await RateRows.Run(duration);
if (what is "calls" or "all") CallRows.Run(duration);
