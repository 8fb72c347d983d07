using Headroom.Metrics;
using Headroom.Objectives.Deployments;

namespace Headroom.Objectives.Tests.Deployments;

public sealed class DeploymentTests
{
    private static Deployment At(long time, string service = "api", params string[] expects) => new($"d{time}", service, "1.0", time, "", expects);

    private static Labels Series(string service) => service.Length == 0 ? Labels.Empty : Labels.From(new Label("service", service));

    [Fact]
    public void Deployments_of_the_time_and_the_service_stand_near_a_change_the_latest_first()
    {
        Deployment[] all = [At(10), At(20), At(20, "web"), At(30, ""), At(99)];
        Assert.Equal(["d30", "d20", "d10"], DeploymentMatch.Near(all, Series("api"), 10, 50).Select(d => d.Id));
        Assert.Equal(4, DeploymentMatch.Near(all, Series(""), 10, 50).Count);
    }

    [Theory]
    [InlineData("API p95", true)]
    [InlineData("*", true)]
    [InlineData("other", false)]
    public void Only_an_announced_regression_is_explained(string expects, bool explained) =>
        Assert.Equal(explained, DeploymentMatch.Explaining([At(1, "api", expects)], "query", "API p95") is not null);

    [Fact]
    public void What_is_wrong_with_a_deployment_is_said()
    {
        Assert.Equal("deployment-empty", Assert.Single(new Deployment("id", "", "", 0, "", []).Validate()).Code);
        Assert.Equal("deployment-text", Assert.Single(new Deployment("id", "a\nb", "1", 0, "", []).Validate()).Code);
        Assert.Empty(At(1).Validate());
    }
}
