namespace Headroom.Cli.Demo;

/// <summary>What the user asked of the demo.</summary>
/// <param name="Seed">Seed of the shop's response times and of the traffic.</param>
/// <param name="Keep">Leave the server up and the data in place until Ctrl-C.</param>
/// <param name="Report">Where the report is written.</param>
/// <param name="Picture">Where the report is drawn as one SVG card; null for nowhere.</param>
/// <param name="Json">Print the findings as JSON instead of the story.</param>
internal sealed record DemoOptions(int Seed, bool Keep, string Report, string? Picture, bool Json);
