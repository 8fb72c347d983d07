using System.Diagnostics;
using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Demo;

/// <summary>The demo measures; nothing else may run beside it.</summary>
[Collection(nameof(Alone))]
public sealed class DemoTests
{
    [Fact]
    public async Task The_demo_finds_the_endpoint_that_was_made_slower_and_leaves_a_report()
    {
        using var headroom = new HeadroomRun();
        var outcome = await headroom.RunAsync("demo", "--output", "json");
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        var regression = Assert.Single(outcome.Json.GetProperty("changes").GetProperty("findings").EnumerateArray(), f =>
            f.GetProperty("verdict").GetString() == "regression" && f.GetProperty("labels").GetProperty("endpoint").GetString() == "GET /search");
        Assert.True(regression.GetProperty("changePercent").GetDouble() > 20);
        Assert.True(regression.GetProperty("pValue").GetDouble() < 0.05);
        Assert.Equal(0, outcome.Json.GetProperty("failures").GetInt32());
        string report = await File.ReadAllTextAsync(Path.Combine(headroom.Directory, "headroom-report.html"));
        Assert.Contains("GET /search", report);
        Assert.Contains("<svg", report);
        Assert.Equal(["headroom-report.html"], Directory.GetFileSystemEntries(headroom.Directory).Select(Path.GetFileName));
    }

    [Fact]
    public async Task An_interrupted_demo_ends_its_children_and_removes_its_data()
    {
        using var headroom = new HeadroomRun();
        using var demo = headroom.Start("demo");
        string told = "";
        while (!told.Contains("  shop  ", StringComparison.Ordinal) && await demo.StandardOutput.ReadLineAsync() is { } line) told += line + "\n";
        string data = told.Split("data in ")[1].Split('\n')[0];
        Assert.True(Directory.Exists(data));
        await demo.StandardOutput.ReadLineAsync();
        int[] shops = ShopsOf(demo.Id);
        Assert.NotEmpty(shops);
        using (var kill = Process.Start("kill", ["-INT", demo.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)])) await kill.WaitForExitAsync();
        await demo.WaitForExitAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(130, demo.ExitCode);
        Assert.False(Directory.Exists(data));
        Assert.DoesNotContain(shops, id => Directory.Exists($"/proc/{id}") && File.ReadAllText($"/proc/{id}/cmdline").Contains("Headroom.Shop", StringComparison.Ordinal));
    }

    private static int[] ShopsOf(int parent) =>
    [
        .. Process.GetProcesses().Select(p => p.Id).Where(id =>
        {
            try
            {
                return File.ReadAllText($"/proc/{id}/cmdline").Contains("Headroom.Shop", StringComparison.Ordinal)
                    && File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1].Split(' ')[1] == parent.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }
            catch (IOException)
            {
                return false;
            }
        }),
    ];
}

/// <summary>Tests that no other may run beside.</summary>
[CollectionDefinition(nameof(Alone), DisableParallelization = true)]
public sealed class Alone;
