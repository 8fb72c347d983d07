using System.Text;
using Headroom.Metrics.Prometheus;
using Headroom.Metrics.PromQL;
using Headroom.Metrics.Storage;

namespace Headroom.Metrics.Tests.Prometheus;

/// <summary>One suite for every backend. What each cannot do stands in docs/backends.md, and these tests compare.</summary>
public sealed class ConformanceTests
{
    [Fact]
    public async Task The_embedded_store_does_what_its_column_says()
    {
        await using var store = OwnStore.Open();
        var backend = new EmbeddedBackend(store.Store, new PromqlOptions());
        await CompareAsync("embedded", new Subject(backend, OwnStore.Now, () => Task.CompletedTask));
    }

    [Fact]
    public async Task Prometheus_does_what_its_column_says()
    {
        if (Peer.Find("prometheus") is null) Assert.Skip("prometheus is not on PATH");
        using var peer = Peer.Prometheus("--enable-feature=native-histograms,exemplar-storage");
        await using var store = OwnStore.Open();
        await using var backend = await PrometheusBackend.ConnectAsync(PrometheusSettings.At(peer.Url), store.Store, null, TimeProvider.System, new Random(1), cancel: TestContext.Current.CancellationToken);
        Assert.True(backend.Capabilities.NativeHistograms, string.Join('\n', backend.Capabilities.Lacks));
        Assert.Equal("2.42.0", backend.Capabilities.Version.Split('+')[0]);
        await CompareAsync("prometheus", new Subject(backend, OwnStore.Now, () => backend.ShipDueAsync(CancellationToken.None)));
    }

    [Fact]
    public async Task VictoriaMetrics_does_what_its_column_says()
    {
        if (Peer.Find("victoria-metrics") is null) Assert.Skip("victoria-metrics is not on PATH");
        using var peer = Peer.VictoriaMetrics();
        using var client = new HttpClient { BaseAddress = peer.Url };
        await using var store = OwnStore.Open();
        await using var backend = await PrometheusBackend.ConnectAsync(PrometheusSettings.At(peer.Url), store.Store, null, TimeProvider.System, new Random(1), cancel: TestContext.Current.CancellationToken);
        Assert.False(backend.Capabilities.NativeHistograms);
        Assert.Contains(backend.Capabilities.Lacks, l => l.Contains("distributions: classic", StringComparison.Ordinal));
        await CompareAsync("victoriametrics", new Subject(backend, OwnStore.Now, async () =>
        {
            await backend.ShipDueAsync(CancellationToken.None);
            using var flushed = await client.GetAsync(new Uri("/internal/force_flush", UriKind.Relative));
        }));
    }

    [Fact]
    public async Task Where_there_are_no_native_histograms_distributions_can_be_written_as_classic_ones()
    {
        if (Peer.Find("victoria-metrics") is null) Assert.Skip("victoria-metrics is not on PATH");
        using var peer = Peer.VictoriaMetrics();
        using var client = new HttpClient { BaseAddress = peer.Url };
        await using var store = OwnStore.Open();
        var settings = PrometheusSettings.At(peer.Url) with { Distributions = DistributionForm.Classic, Protocol = RemoteWriteProtocol.Version2, Instance = "gateway-1" };
        await using var backend = await PrometheusBackend.ConnectAsync(settings, store.Store, null, TimeProvider.System, new Random(1), cancel: TestContext.Current.CancellationToken);
        Assert.Equal(RemoteWriteProtocol.Version1, backend.Capabilities.Protocol);
        var request = new WriteRequest();
        for (int i = 0; i < 100; i++) request.Observations.Add(new Observation(Labels.Of("posted_seconds", ("service", "api")), OwnStore.Now - 120_000, 0.2 + (i * 0.01)));
        Assert.Equal(100, (await backend.AppendAsync(request, CancellationToken.None)).Accepted);
        await backend.ShipDueAsync(CancellationToken.None);
        using (await client.GetAsync(new Uri("/internal/force_flush", UriKind.Relative), TestContext.Current.CancellationToken)) { }

        var result = await backend.QueryAsync("sum by (headroom_instance, le) (posted_seconds_bucket{le=~\"0.5|1|[+]Inf\"})", OwnStore.Now, CancellationToken.None);
        var counts = ((VectorValue)result.Value).Samples.ToDictionary(s => s.Labels["le"], s => s.Value);
        // A bucket that the bound cuts does not count below it: 1.1% of the values around a bound at most.
        Assert.InRange(counts["0.5"], 28, 31);
        Assert.InRange(counts["1"], 77, 81);
        Assert.Equal(100, counts["+Inf"]);
        Assert.All(((VectorValue)result.Value).Samples, s => Assert.Equal("gateway-1", s.Labels["headroom_instance"]));
    }

    private static async Task CompareAsync(string column, Subject subject)
    {
        var (names, said) = Table();
        int at = Array.IndexOf(names, column);
        var differences = new StringBuilder();
        foreach (var (name, holds) in ConformanceCases.All)
        {
            bool does = await ConformanceCases.HoldsAsync(subject, holds);
            string documented = said.TryGetValue(name, out string[]? cells) ? cells[at] : "nothing";
            if (documented.StartsWith("yes", StringComparison.Ordinal) != does || documented == "nothing") differences.Append($"\n| {name} | {column}: {(does ? "yes" : "no")} |, the document says {documented}");
        }
        Assert.True(differences.Length == 0, differences.ToString());
    }

    // The first table of docs/backends.md: what is asked, then a column for each backend.
    private static (string[] Columns, Dictionary<string, string[]> Rows) Table()
    {
        var at = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(at.FullName, "Headroom.slnx"))) at = at.Parent!;
        string[][] rows = [.. File.ReadAllLines(Path.Combine(at.FullName, "docs", "backends.md"))
            .SkipWhile(l => !l.StartsWith("| what is asked", StringComparison.Ordinal)).TakeWhile(l => l.StartsWith('|'))
            .Select(l => l.Trim('|', ' ').Split('|').Select(c => c.Trim()).ToArray())];
        return (rows[0][1..], rows.Skip(2).ToDictionary(r => r[0], r => r[1..]));
    }

    /// <summary>A store of our own on the real clock, as a gateway has it.</summary>
    private sealed class OwnStore : IAsyncDisposable
    {
        private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("headroom-gateway-");

        /// <summary>A minute that is over for everyone.</summary>
        public static long Now { get; } = (DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 60_000 * 60_000) - 60_000;

        private OwnStore() => Store = EmbeddedStore.Open(new EmbeddedStoreOptions { Directory = _directory.FullName });

        public EmbeddedStore Store { get; }

        public static OwnStore Open() => new();

        public async ValueTask DisposeAsync()
        {
            await Store.DisposeAsync();
            _directory.Delete(recursive: true);
        }
    }
}
