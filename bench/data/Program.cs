using System.Globalization;
using Headroom.Bench.Data;

// Data as servers see it, and what the store makes of it. Everything comes from --seed; see README.md.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
var options = DataOptions.Parse(args);
switch (options.Verb)
{
    case "text": TextOutput.Write(options, Console.OpenStandardOutput()); break;
    case "disk": await StoreRows.DiskAsync(options); break;
    case "append": await StoreRows.AppendAsync(options); break;
    case "flush": await StoreRows.FlushAsync(options); break;
    case "codec": StoreRows.Codec(options); break;
    case "memory": await StoreRows.MemoryAsync(options); break;
    default:
        Console.Error.WriteLine("usage: Headroom.Bench.Data text|disk|append|codec|flush|memory [--series N] [--hours H] [--step SECONDS] [--seed N] [--start UNIX_SECONDS] [--batch N] [--directory DIR]");
        return 2;
}
return 0;
