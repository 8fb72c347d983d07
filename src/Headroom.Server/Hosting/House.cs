using System.Net;
using Headroom.Configuration.Diagnostics;
using Headroom.Server.Caching;
using Headroom.Server.Compression;
using Headroom.Server.Keys;
using Headroom.Server.Logging;
using Headroom.Server.Problems;
using Headroom.Server.Telemetry;
using Headroom.Server.Throttling;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Headroom.Server.Hosting;

/// <summary>
/// What every request passes on its way to a route, and what the server keeps for itself: log, telemetry, keys,
/// throttle, cache, compression. A server that has no TCP port serves its owner alone, and needs the last three not.
/// </summary>
internal sealed class House : IAsyncDisposable
{
    private readonly ServerOptions _options;
    private readonly ServerSettings _settings;
    private readonly bool _served;
    private readonly bool _beyondLoopback;
    private readonly BoundedCacheStore _cache;
    private readonly OtlpExport? _export;
    private KeyRing? _keys;

    public House(ServerOptions options, IReadOnlyList<IPAddress> addresses)
    {
        (_options, _settings, _served) = (options, options.Settings!, addresses.Count > 0);
        _beyondLoopback = ListenAddress.GoBeyondLoopback(addresses);
        Required = new KeysRequired(_beyondLoopback || _settings.Keys == KeyRequirement.Always);
        // --verbose asks for more than the file does.
        var least = options.MinimumLogLevel < LogLevel.Information ? options.MinimumLogLevel : _settings.Logging.Level ?? options.MinimumLogLevel;
        Logging = new LogQueue(options.Log, _settings.Logging, least, options.Time);
        Log = Logging.CreateLogger("Headroom.Server");
        Telemetry = new ServerTelemetry(options.Time, _settings.Telemetry.Environment);
        Versions = new ReadVersions(options.Time, _settings.Cache.Staleness);
        _cache = new BoundedCacheStore(_settings.Cache.SizeBytes, options.Time);
        if (_settings.Telemetry.Otlp is not null) _export = new OtlpExport(_settings.Telemetry);
        Telemetry.ObserveCounter("headroom.log.lines", "Log lines, by outcome: written, dropped because the queue was full, or left out by sampling.",
            () => [("written", Logging.Lines.Written), ("dropped", Logging.Lines.Dropped), ("sampled", Logging.Lines.Sampled)]);
        Telemetry.Observe("headroom.cache.size", "By", "Memory of the answers kept.", () => _cache.Size.Bytes);
        Telemetry.Observe("headroom.cache.entries", null, "Answers kept.", () => _cache.Size.Entries);
        Telemetry.ObserveCounter("headroom.cache.evictions", "Answers that had to go for others.", () => [("evicted", _cache.Size.Evicted)]);
    }

    public LogQueue Logging { get; }

    public ILogger Log { get; }

    public ServerTelemetry Telemetry { get; }

    public ReadVersions Versions { get; }

    public KeysRequired Required { get; }

    /// <summary>The keys, once the data directory is open.</summary>
    public KeyRing Keys => _keys!;

    /// <summary>Gives the keys their place; the caller holds the data directory's lock.</summary>
    /// <exception cref="ProblemException">The server would listen beyond loopback, and there is none.</exception>
    public void OpenKeys(ControlState control)
    {
        _keys = new KeyRing(control, _options.Time);
        if (_beyondLoopback && _keys.IsEmpty) throw new ProblemException(ListenAddress.OpenToTheNetwork(_options.Host));
    }

    public void Add(IServiceCollection services)
    {
        services.AddSingleton(Telemetry);
        services.AddSingleton(Required);
        if (!_served) return;
        if (_settings.Cache.Enabled) ReadCache.Add(services, _cache, new CachePolicy(_settings.Cache, Versions, _settings.Limits, Telemetry));
        if (!_settings.Compression.Enabled) return;
        services.AddSingleton<IResponseCompressionProvider, AnswerCompression>();
        services.AddResponseCompression();
    }

    /// <summary>The way of a request, from the outside in.</summary>
    public void Use(WebApplication app)
    {
        // 1. Whatever happens is counted, and answered in words.
        app.UseMiddleware<RequestTelemetry>();
        app.UseMiddleware<ProblemMiddleware>();
        // 2. Who comes, and how often.
        app.UseMiddleware<LoopbackGuard>();
        app.UseMiddleware<KeyAuthentication>(Keys);
        if (_served && _settings.Throttle.Enabled) app.UseRateLimiter(Throttle.Options(_settings.Throttle, _options.Time, Log));
        // 3. What for, and whether it may.
        app.UseRouting();
        app.UseMiddleware<KeyAuthorization>();
        app.UseInvalidation(Versions);
        // 4. An answer that is kept takes no place among those being made.
        if (_served && _settings.Cache.Enabled) app.UseOutputCache();
        app.UseRateLimiter();
        // 5. Innermost, so that answers are kept as they are sent.
        if (_served && _settings.Compression.Enabled) app.UseResponseCompression();
    }

    public async ValueTask DisposeAsync()
    {
        _keys?.Dispose();
        if (_export is not null)
        {
            if (!_export.Close()) Server.Logging.Log.TelemetryNotSent(Log, _settings.Telemetry.Otlp!.Authority);
            _export.Dispose();
        }
        Telemetry.Dispose();
        await Logging.CloseAsync();
    }
}
