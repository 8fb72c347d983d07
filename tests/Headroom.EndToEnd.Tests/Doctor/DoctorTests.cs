using Headroom.Cli.Doctor;
using Headroom.EndToEnd.Tests.Program;
using Headroom.EndToEnd.Tests.Serving;

namespace Headroom.EndToEnd.Tests.Doctor;

public sealed class DoctorTests
{
    [Fact]
    public async Task A_sound_setup_is_told_so_and_left_as_it_was()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("headroom.yaml", "project: p\nkpis:\n  - { name: Up, query: up, target: \"> 0\" }\n");
        var outcome = await headroom.SucceedAsync("doctor", "--output", "json", "--port", "0");
        Assert.True(outcome.Json.GetProperty("healthy").GetBoolean());
        var checks = outcome.Json.GetProperty("findings").EnumerateArray().ToDictionary(f => f.GetProperty("check").GetString()!, f => f.GetProperty("health").GetString());
        Assert.Equal(("ok", "ok", "ok"), (checks["configuration"], checks["data directory"], checks["port"]));
        Assert.Contains("fsync", outcome.Output);
        Assert.Equal(["headroom.yaml"], Directory.GetFileSystemEntries(headroom.Directory).Select(Path.GetFileName));
    }

    [Fact]
    public async Task What_must_be_mended_fails_it_and_comes_with_a_fix()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("headroom.yaml", "project: p\nserver: { telemetry: { otlp: \"http://127.0.0.1:9\" } }\n");
        var unreachable = await headroom.RunAsync("doctor", "--port", "0");
        Assert.Equal(1, unreachable.ExitCode);
        Assert.Contains("http://127.0.0.1:9/ cannot be reached", unreachable.Output);
        Assert.Contains("→ Check that it runs", unreachable.Output);

        headroom.Write("headroom.yaml", "project: p\nkpi: []\n");
        var broken = await headroom.RunAsync("doctor", "--port", "0");
        Assert.Equal(1, broken.ExitCode);
        Assert.Contains("headroom.yaml:2:1", broken.Output);
    }

    [Fact]
    public async Task A_running_server_is_found_and_its_clock_compared()
    {
        using var headroom = new HeadroomRun();
        await using var server = await RunningProgram.StartAsync(headroom);
        var outcome = await headroom.SucceedAsync("doctor", "--server", server.Url.ToString(), "--port", server.Url.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Contains("one runs on", outcome.Output);
        Assert.Contains("is a Headroom server's", outcome.Output);
        Assert.Contains("clock           ok", outcome.Output);
    }

    [Theory]
    [InlineData(0, 10, 0)]
    [InlineData(-0.9, 10, 0)]
    [InlineData(0.2, 300, 0)]
    [InlineData(8, 300, 7.7)]
    [InlineData(-8, 300, -7)]
    public void A_clock_is_off_only_by_what_the_answers_time_does_not_explain(double difference, double tookMilliseconds, double expected) =>
        Assert.Equal(TimeSpan.FromSeconds(expected), ReachCheck.Beyond(TimeSpan.FromSeconds(difference), TimeSpan.FromMilliseconds(tookMilliseconds)));

    [Theory]
    [InlineData("prometheus, version 2.42.0+ds (branch: debian/sid, revision: 2.42.0+ds-5+b5)", "2.42.0+ds")]
    [InlineData("k6 v0.49.0 (go1.21.6, linux/amd64)", "0.49.0")]
    [InlineData("Docker version 28.2.2, build e6534b4", "28.2.2")]
    [InlineData("nothing of the kind", null)]
    public void A_version_is_read_off_what_a_program_says(string said, string? version) => Assert.Equal(version, PeersCheck.VersionIn(said));
}
