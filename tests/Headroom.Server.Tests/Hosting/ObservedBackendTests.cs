using Headroom.Metrics;
using Headroom.Server.Hosting;

namespace Headroom.Server.Tests.Hosting;

public sealed class ObservedBackendTests
{
    [Fact]
    public void Everything_a_backend_can_do_is_passed_on_also_what_has_a_default()
    {
        var map = typeof(ObservedBackend).GetInterfaceMap(typeof(IMetricsBackend));
        Assert.All(map.TargetMethods, (method, i) => Assert.True(method.DeclaringType == typeof(ObservedBackend), $"{map.InterfaceMethods[i]} is not passed on"));
    }
}
