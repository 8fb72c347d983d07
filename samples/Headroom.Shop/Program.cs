using System.Text.Json.Serialization;
using Headroom.Shop;
using Headroom.Shop.Catalogue;
using Headroom.Shop.Faults;
using Headroom.Shop.Latency;
using Headroom.Shop.Metrics;
using Headroom.Shop.Orders;
using Headroom.Shop.Signing;

if (args.Contains("--help") || args.Contains("-h"))
{
    Console.WriteLine(ShopOptions.Usage);
    return 0;
}
if (ShopOptions.Parse(args, out string? mistake) is not { } options)
{
    Console.Error.WriteLine(mistake);
    Console.Error.WriteLine(ShopOptions.Usage);
    return 2;
}

var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace).SetMinimumLevel(LogLevel.Error);
// A port in use is told in one line below, not as the host's stack trace.
builder.Logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
builder.WebHost.ConfigureKestrel(kestrel =>
{
    kestrel.Listen(options.Host, options.Port);
    kestrel.AddServerHeader = false;
    kestrel.Limits.MaxRequestBodySize = 64 * 1024;
});
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(2));
builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
builder.Services.ConfigureHttpJsonOptions(json =>
{
    json.SerializerOptions.TypeInfoResolverChain.Insert(0, ShopJson.Default);
    json.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
});
builder.Services.AddProblemDetails();
builder.Services
    .AddSingleton(new ProductCatalogue(options.Seed))
    .AddSingleton(new UserDirectory(options.Seed))
    .AddSingleton(new ServiceTimes(options.Seed))
    .AddSingleton<OrderBook>()
    .AddSingleton<Signer>()
    .AddSingleton<FaultBoard>()
    .AddSingleton<RequestMetrics>()
    .AddSingleton<PreciseDelay>();

await using var app = builder.Build();
app.UseStatusCodePages();
app.UseRouting();
app.UseMiddleware<ShopRequest>();
app.MapGet("/metrics", (RequestMetrics metrics) => Results.Text(metrics.Render(), "text/plain; version=0.0.4; charset=utf-8"));
app.MapCatalogue();
app.MapOrders();
app.MapSigning();
app.MapFaults();

try
{
    await app.StartAsync();
}
catch (IOException error)
{
    Console.Error.WriteLine($"cannot listen on {options.Host}:{options.Port}: {error.Message} Choose another with --port, or --port 0 for any free one.");
    return 1;
}
if (options.ExitWithParent) ParentWatch.StopWhenInputCloses(app.Lifetime);
// The demo waits for exactly this line, so it is the only thing ever written to standard output.
Console.WriteLine($"listening on {app.Urls.First()}");
await app.WaitForShutdownAsync();
return 0;
