using System.CommandLine;
using Headroom.Cli.Client;
using Headroom.Configuration.Diagnostics;

namespace Headroom.Cli.CommandLine;

/// <summary>The options every command takes, and what they come to.</summary>
internal static class CommonOptions
{
    /// <summary><c>--data DIR</c></summary>
    public static readonly Option<string> Data = new("--data") { Description = "The data directory.", HelpName = "DIR", Recursive = true, DefaultValueFactory = _ => ".headroom" };

    /// <summary><c>-c, --config FILE</c></summary>
    public static readonly Option<string?> Config = new("--config", "-c") { Description = "The project's configuration [default: headroom.yaml, when it is there].", HelpName = "FILE", Recursive = true };

    /// <summary><c>--server URL</c></summary>
    public static readonly Option<string?> Server = new("--server") { Description = "Use the Headroom server at this address instead of the data directory.", HelpName = "URL", Recursive = true };

    /// <summary><c>--verbose</c></summary>
    public static readonly Option<bool> Verbose = new("--verbose") { Description = "Say more on standard error: the server's log lines, and a stack trace when something fails unexpectedly.", Recursive = true };

    /// <summary>A new <c>--output</c> option for one command.</summary>
    public static Option<string> Output(params string[] formats)
    {
        var option = new Option<string>("--output") { Description = $"How to print the answer: {string.Join(" or ", formats)}.", HelpName = string.Join('|', formats), DefaultValueFactory = _ => formats[0] };
        option.AcceptOnlyFromAmong(formats);
        return option;
    }

    /// <summary>The configuration file to use: as given, else headroom.yaml when it is there, else null.</summary>
    /// <exception cref="ProblemException">A file was named that does not exist.</exception>
    public static string? ConfigPath(ParseResult parse)
    {
        if (parse.GetValue(Config) is { } named)
            return File.Exists(named) ? Path.GetFullPath(named)
                : throw new ProblemException(new Problem("config-missing", $"There is no file {named}.", "--config", "Give the path of a headroom.yaml."));
        return File.Exists("headroom.yaml") ? Path.GetFullPath("headroom.yaml") : null;
    }

    /// <summary>
    /// The <c>config</c> parameter with which the data directory's server judges by this command's file. A server
    /// elsewhere judges by its own.
    /// </summary>
    /// <exception cref="ProblemException">A file was named together with a server.</exception>
    public static (string Name, string? Value) ConfigParameter(ParseResult parse, ApiClient api)
    {
        if (api.IsLocal) return ("config", ConfigPath(parse));
        return parse.GetValue(Config) is null
            ? ("config", null)
            : throw new ProblemException(new Problem("config-not-allowed", "A server judges by its own configuration, not by a file given here.", "--config", "Leave out --config, or --server."));
    }

    /// <summary>An instant as the API takes it, in Unix seconds; null stays null.</summary>
    public static string? Seconds(long? milliseconds) => milliseconds is { } value ? (value / 1000m).ToString(System.Globalization.CultureInfo.InvariantCulture) : null;

    /// <summary>The server's address, or null when the data directory is to be used.</summary>
    /// <exception cref="ProblemException">It is no http or https address.</exception>
    public static Uri? ServerAddress(ParseResult parse)
    {
        if (parse.GetValue(Server) is not { } text) return null;
        if (Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https") return uri;
        throw new ProblemException(new Problem("server-address-invalid", $"'{text}' is not the address of a server.", "--server", "Write it like http://127.0.0.1:8080."));
    }
}
