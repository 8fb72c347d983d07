using System.Reflection;
using System.Runtime.CompilerServices;
using Headroom.Cli;

// Answered before any type of the command line or the server is loaded: scripts ask for it, and it must not cost them.
if (args is ["--version"])
{
    Console.Out.WriteLine(typeof(Program).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion);
    return 0;
}
return await RunAsync(args);

[MethodImpl(MethodImplOptions.NoInlining)]
static Task<int> RunAsync(string[] args) => HeadroomCommand.RunAsync(args);
