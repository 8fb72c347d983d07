using Headroom.Load.Engine;
using Headroom.Load.Executors;
using Headroom.Load.Plans;
using Headroom.Load.Results;

namespace Headroom.Load.Tests.Transports;

/// <summary>The ways a request can travel.</summary>
public enum TransportKind
{
    Epoll,
    EpollTls,
    Managed,
    ManagedTls,
}

internal static class Carried
{
    public static TheoryData<TransportKind> All() => OperatingSystem.IsLinux() ? [TransportKind.Epoll, TransportKind.EpollTls, TransportKind.Managed, TransportKind.ManagedTls] : [TransportKind.Managed, TransportKind.ManagedTls];

    public static bool IsTls(this TransportKind kind) => kind is TransportKind.EpollTls or TransportKind.ManagedTls;

    /// <summary>Sends some requests of one user to a scripted server, one after the other.</summary>
    public static Task<LoadResult> SendAsync(TransportKind kind, ScriptedServer server, int requests = 1, UrlPlanOptions? options = null) => RunAsync(kind,
        UrlPlan.Create(server.Url, new PerVuIterations(1, requests, TimeSpan.FromSeconds(20)),
            (options ?? new UrlPlanOptions()) with { InsecureSkipTlsVerify = true, Timeout = options?.Timeout ?? TimeSpan.FromSeconds(5) }));

    public static Task<LoadResult> RunAsync(TransportKind kind, LoadPlan plan) =>
        new LoadRun(plan, new LoadRunOptions { Threads = 1, Pin = false, ManagedTransport = kind is TransportKind.Managed or TransportKind.ManagedTls }, TimeProvider.System)
            .RunAsync(null, TestContext.Current.CancellationToken);

    /// <summary>Reads a plan whose target is a server.</summary>
    public static LoadPlan Plan(ScriptedServer server, string yaml) =>
        PlanFile.Parse(System.Text.Encoding.UTF8.GetBytes("insecureSkipTLSVerify: true\n" + yaml), "plan.yaml", AppContext.BaseDirectory, _ => null, new PlanOverrides { Target = server.Url });
}
