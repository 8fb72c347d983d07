using Headroom.EndToEnd.Tests.Program;

namespace Headroom.EndToEnd.Tests.Commands;

public sealed class SloTests
{
    private const string At = "2026-03-01T06:00:00Z";
    private static readonly string Example = Path.Combine(Repository.Root, "examples", "alarms");

    [Fact]
    public async Task Slo_reports_compliance_as_the_sla_script_of_document_2_does()
    {
        using var headroom = new HeadroomRun();
        await headroom.SucceedAsync("import", "openmetrics", Path.Combine(Example, "checkout.om"));
        string config = Path.Combine(Example, "headroom.yaml");
        string text = (await headroom.SucceedAsync("slo", "-c", config, "--at", At)).Output;
        Assert.Contains("SLO BREACH: checkout availability: error rate 0.5556% exceeds 0.1%", text);
        Assert.Contains("BURNING (ticket): checkout availability", text);
        var slo = (await headroom.SucceedAsync("slo", "-c", config, "--at", At, "--output", "json")).Json.GetProperty("slos")[0];
        Assert.Equal((36000, 200, "missed"), (Math.Round(slo.GetProperty("total").GetDouble()), Math.Round(slo.GetProperty("bad").GetDouble()), slo.GetProperty("status").GetString()));
        Assert.Contains("361 samples: sum(increase(checkout_requests_total[30d]))", (await headroom.SucceedAsync("slo", "-c", config, "--at", At, "--explain")).Output);
    }

    [Theory]
    [InlineData(At, 99, "gate shut: checkout availability")]
    [InlineData("2020-01-01", 98, "no data for checkout availability")]
    public async Task The_gate_fails_closed(string at, int code, string says)
    {
        using var headroom = new HeadroomRun();
        await headroom.SucceedAsync("import", "openmetrics", Path.Combine(Example, "checkout.om"));
        var outcome = await headroom.RunAsync("slo", "-c", Path.Combine(Example, "headroom.yaml"), "--at", at, "--fail-on", "missed");
        Assert.Equal(code, outcome.ExitCode);
        Assert.Contains(says, outcome.Error);
    }

    [Fact]
    public async Task OpenSlo_goes_out_and_comes_back()
    {
        using var headroom = new HeadroomRun();
        headroom.Write("openslo.yaml", (await headroom.SucceedAsync("slo", "export", "openslo", "-c", Path.Combine(Example, "headroom.yaml"))).Output);
        headroom.Write("headroom.yaml", (await headroom.SucceedAsync("slo", "import", "openslo.yaml")).Output);
        await headroom.SucceedAsync("config", "check");
        var broken = await headroom.RunWithInputAsync("apiVersion: v2\nkind: SLO\n", "slo", "import", "-");
        Assert.Equal(2, broken.ExitCode);
        Assert.Contains("not an OpenSLO v1 document", broken.Error);
    }
}
