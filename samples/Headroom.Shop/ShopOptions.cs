using System.Globalization;
using System.Net;

namespace Headroom.Shop;

/// <summary>What the command line says.</summary>
internal sealed record ShopOptions(IPAddress Host, int Port, int Seed, bool ExitWithParent)
{
    public const string Usage = """
        usage: Headroom.Shop [--port N] [--host ADDRESS] [--seed N] [--exit-with-parent]

          --port N             port to listen on; 0 (the default) takes a free one
          --host ADDRESS       address to listen on, by default 127.0.0.1
          --seed N             seed of the catalogue and of the response times, by default 1
          --exit-with-parent   stop when standard input closes

        example: Headroom.Shop --port 5080 --seed 7
        """;

    /// <summary>Reads the arguments; null and a sentence when one is wrong.</summary>
    public static ShopOptions? Parse(string[] args, out string? mistake)
    {
        var options = new ShopOptions(IPAddress.Loopback, 0, 1, ExitWithParent: false);
        for (int i = 0; i < args.Length; i++)
        {
            string name = args[i];
            if (name == "--exit-with-parent")
            {
                options = options with { ExitWithParent = true };
                continue;
            }
            if (name is not ("--port" or "--host" or "--seed"))
            {
                mistake = $"unknown option '{name}'";
                return null;
            }
            if (++i == args.Length)
            {
                mistake = $"{name} needs a value";
                return null;
            }
            ShopOptions? next = name switch
            {
                "--port" => int.TryParse(args[i], NumberStyles.None, CultureInfo.InvariantCulture, out int port) && port <= 65535 ? options with { Port = port } : null,
                "--seed" => int.TryParse(args[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int seed) ? options with { Seed = seed } : null,
                _ => IPAddress.TryParse(args[i], out var host) ? options with { Host = host } : null,
            };
            if (next is null)
            {
                mistake = $"{name}: '{args[i]}' is not a valid value";
                return null;
            }
            options = next;
        }
        mistake = null;
        return options;
    }
}
