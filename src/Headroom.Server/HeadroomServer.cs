using System.Net;
using System.Net.Sockets;
using Headroom.Configuration.Diagnostics;
using Headroom.Server.Alarms;
using Headroom.Metrics.Ingest.RemoteWrite;
using Headroom.Server.Bottlenecks;
using Headroom.Server.Dashboard;
using Headroom.Server.Deployments;
using Headroom.Server.Experiments;
using Headroom.Server.Data;
using Headroom.Server.Export;
using Headroom.Server.Health;
using Headroom.Server.Hosting;
using Headroom.Server.Import;
using Headroom.Server.Ingest;
using Headroom.Server.Keys;
using Headroom.Server.Logging;
using Headroom.Server.OpenApi;
using Headroom.Server.Problems;
using Headroom.Server.Projects;
using Headroom.Server.Query;
using Headroom.Server.Regressions;
using Headroom.Server.Reports;
using Headroom.Server.Samples;
using Headroom.Server.Sources;
using Headroom.Server.Slos;
using Headroom.Server.Status;
using Headroom.Server.Telemetry;
using Headroom.Server.Usage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Headroom.Server;

/// <summary>
/// The application: one data directory, opened and locked; the HTTP API over it on the directory's socket and, if
/// asked, on a TCP port. The composition root: everything that runs is put together here.
/// </summary>
public sealed class HeadroomServer : IAsyncDisposable
{
    /// <summary>The code of the problem that says another process has the data directory.</summary>
    public const string LockedCode = "store-locked";

    private readonly WebApplication _app;
    private readonly ServerOptions _options;
    private readonly OpenedStore _store;
    private readonly ControlState _control;
    private readonly AlarmService _alarms;
    private readonly ILogger _log;
    private readonly House _house;
    private readonly OpenMetricsExporter _exporter;
    private SourcesHost? _sources;
    private volatile bool _stopping;
    private bool _disposed;

    private HeadroomServer(WebApplication app, ServerOptions options, OpenedStore store, House house)
    {
        (_app, _options, _store, _log, _house) = (app, options, store, house.Log, house);
        _exporter = new OpenMetricsExporter(house.Telemetry);
        store.Observe(house.Telemetry);
        _control = new ControlState(options);
        _alarms = new AlarmService(options, store.Backend, _control, house.Log);
    }

    /// <summary>Where it listens on TCP; null when it listens on the socket only.</summary>
    public Uri? Url { get; private set; }

    /// <summary>Every route it answers, with its methods.</summary>
    internal IEnumerable<(string Pattern, string Method)> Routes =>
        Endpoints.SelectMany(e => e.Metadata.GetMetadata<Microsoft.AspNetCore.Routing.HttpMethodMetadata>()!.HttpMethods.Select(m => (e.RoutePattern.RawText!, m)));

    /// <summary>Every route it answers, with what it needs.</summary>
    internal IEnumerable<Microsoft.AspNetCore.Routing.RouteEndpoint> Endpoints =>
        _app.Services.GetRequiredService<Microsoft.AspNetCore.Routing.EndpointDataSource>().Endpoints.OfType<Microsoft.AspNetCore.Routing.RouteEndpoint>();

    /// <summary>Where its Unix socket stands.</summary>
    public string SocketPath => DataSocket.PathIn(_options.DataDirectory);

    /// <summary>Opens the data directory and starts listening; when the task completes, requests are answered.</summary>
    /// <exception cref="ProblemException">The directory is locked or damaged, the port is in use, the host is not allowed.</exception>
    public static async Task<HeadroomServer> StartAsync(ServerOptions options, CancellationToken cancel)
    {
        options = options with { Settings = options.Settings ?? ProjectFile.ServerOf(options.ConfigPath) };
        var addresses = options.Port is null ? [] : ListenAddress.Resolve(options.Host);
        var house = new House(options, addresses);
        // Reading the log back and building the application take about as long as each other.
        var opening = OpenedStore.OpenAsync(options, house.Versions, cancel);
        var app = Build(options, addresses, house);
        var server = new HeadroomServer(app, options, await OpenedAsync(opening, app, house), house);
        try
        {
            house.OpenKeys(server._control);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
        server.Map();
        try
        {
            await app.StartAsync(cancel);
            server.Url = app.Services.GetRequiredService<Microsoft.AspNetCore.Hosting.Server.IServer>().Features.Get<IServerAddressesFeature>()!.Addresses
                .Where(a => a.StartsWith("http://", StringComparison.Ordinal) && !a.StartsWith("http://unix:", StringComparison.Ordinal))
                .Select(a => new Uri(a)).FirstOrDefault();
            if (options.CollectsSources) server._sources = SourcesHost.Start(ProjectFile.SourcesOf(options.ConfigPath), server._store.Backend, options, house.Telemetry, house.Log);
        }
        catch (Exception error) when (error is IOException or SocketException or AddressInUseException && addresses is [var first, ..])
        {
            await server.DisposeAsync();
            throw new ProblemException(ListenAddress.Unavailable(first, options.Port!.Value, error), error);
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
        server._alarms.Start();
        foreach (string note in server._store.Notes) Log.ClusterLacks(server._log, note);
        Log.Started(server._log, ServerTelemetry.Version, Path.GetFullPath(options.DataDirectory), server.Url is null ? server.SocketPath : $"{server.Url.ToString().TrimEnd('/')} and {server.SocketPath}");
        return server;
    }

    /// <summary>Serves until the token is cancelled, then drains and stops.</summary>
    public async Task RunUntilAsync(CancellationToken stop)
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using (stop.Register(stopped.SetResult)) await stopped.Task;
        await DisposeAsync();
    }

    /// <summary>Stops accepting, lets requests under way finish (at most the drain time), flushes, and releases the directory.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        _stopping = true;
        Log.Stopping(_log, _options.DrainTimeout.TotalSeconds);
        if (_sources is not null) await _sources.DisposeAsync();
        using (var drain = new CancellationTokenSource(_options.DrainTimeout, _options.Time))
        {
            await _app.StopAsync(drain.Token);
            if (drain.IsCancellationRequested) Log.DrainTimedOut(_log);
        }
        await _app.DisposeAsync();
        // While the lock is still held, so that it cannot be another server's.
        File.Delete(SocketPath);
        await _alarms.DisposeAsync();
        await _control.DisposeAsync();
        await _store.DisposeAsync();
        _exporter.Dispose();
        Log.Stopped(_log);
        await _house.DisposeAsync();
    }

    private static async Task<OpenedStore> OpenedAsync(Task<OpenedStore> opening, WebApplication app, House house)
    {
        try
        {
            return await opening;
        }
        catch
        {
            await app.DisposeAsync();
            await house.DisposeAsync();
            throw;
        }
    }

    private static WebApplication Build(ServerOptions options, IReadOnlyList<IPAddress> addresses, House house)
    {
        var log = house.Log;
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "headroom" });
        builder.Logging.SetMinimumLevel(LogLevel.Trace);
        builder.Logging.AddProvider(house.Logging);
        builder.Services.AddSingleton(options.Time);
        house.Add(builder.Services);
        // Signals belong to the command that hosts this server, not to the framework.
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.DrainTimeout);
        builder.Services.AddRoutingCore();
        Admission.Add(builder.Services, options.Limits, log);
        builder.WebHost.UseKestrelCore();
        string socket = DataSocket.PathIn(options.DataDirectory);
        builder.Services.Configure<SocketTransportOptions>(transport =>
        {
            var standard = transport.CreateBoundListenSocket;
            transport.CreateBoundListenSocket = endpoint => endpoint is UnixDomainSocketEndPoint
                ? DataSocket.Bind(socket, path => Log.RemovedStaleSocket(log, path))
                : standard(endpoint);
        });
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxConcurrentConnections = options.Limits.Connections;
            // Each route sets its own bound; imports stream and have none.
            kestrel.Limits.MaxRequestBodySize = options.Limits.IngestBodyBytes;
            foreach (var address in addresses) kestrel.Listen(address, options.Port!.Value);
            // Only the name of an endpoint: DataSocket.Bind knows the way to a path of any length.
            kestrel.ListenUnixSocket("/" + DataSocket.FileName, listen => listen.Use(next => connection =>
            {
                connection.Features.Set(new ConnectionKind.DataSocketFeature());
                return next(connection);
            }));
        });
        return builder.Build();
    }

    private void Map()
    {
        _house.Use(_app);
        var (backend, limits, time, telemetry) = (_store.Backend, _options.Limits, _options.Time, _house.Telemetry);
        var projects = new ProjectOfRequest(_options.ConfigPath);
        HealthRoutes.Map(_app, () => _stopping ? "the server is stopping" : _store.Fault?.What);
        TelemetryRoutes.Map(_app, _exporter);
        OpenApiRoutes.Map(_app);
        KeyRoutes.Map(_app, _house.Keys, _log);
        new JsonIngestRoutes(backend, limits, time, telemetry).Map(_app);
        var defaults = new IngestDefaults(ProjectFile.NameOf(_options.ConfigPath));
        new RemoteWriteRoutes(backend, limits, new RemoteWriteOptions { DefaultService = defaults.Service }, telemetry).Map(_app);
        new TextIngestRoutes(backend, defaults, time, telemetry).Map(_app);
        new EmfRoutes(backend, time, telemetry).Map(_app);
        new ImportRoutes(backend, defaults, time, telemetry).Map(_app);
        new OtlpRoutes(backend, ProjectFile.OtlpOf(_options.ConfigPath), time, telemetry).Map(_app);
        new PrometheusRoutes(backend, limits, time, telemetry).Map(_app);
        SampleRoutes.Map(_app, _store.Store);
        new ExportRoutes(_store.Store).Map(_app);
        new DataRoutes(_store.Store).Map(_app);
        new AdminRoutes(_store.Store, limits).Map(_app);
        StatusRoutes.Map(_app, backend, projects, time);
        var deployments = new DeploymentLog(_control);
        new DeploymentRoutes(deployments, limits, time).Map(_app);
        RegressionRoutes.Map(_app, backend, projects, limits, deployments);
        BottleneckRoutes.Map(_app, backend, projects, time);
        UsageRoutes.Map(_app, backend, time);
        ReportRoutes.Map(_app, backend, projects, time);
        new ExperimentRoutes(backend, _control, projects, limits, time).Map(_app);
        DashboardRoutes.Map(_app, backend, projects, time);
        SloRoutes.Map(_app, backend, projects, time);
        AlarmRoutes.Map(_app, _alarms, backend, projects, time);
        SilenceRoutes.Map(_app, _alarms, projects, limits, time);
    }

    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
