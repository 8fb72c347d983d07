using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;

// The system under test for TLS and HTTP/2 in bench/peers/load.sh: Kestrel with a certificate of its own.
//   Headroom.Load.Bench PORT     https HTTP/1.1 on PORT, https HTTP/2 on PORT + 1
int port = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : 9490;
using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddYears(1));
using var certificate = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel =>
{
    kestrel.AddServerHeader = false;
    kestrel.Listen(IPAddress.Loopback, port, listen => { listen.Protocols = HttpProtocols.Http1; listen.UseHttps(certificate); });
    kestrel.Listen(IPAddress.Loopback, port + 1, listen => { listen.Protocols = HttpProtocols.Http2; listen.UseHttps(certificate); });
});
await using var app = builder.Build();
byte[] answer = "Hello, World!"u8.ToArray();
app.Run(context =>
{
    context.Response.ContentLength = answer.Length;
    return context.Response.Body.WriteAsync(answer).AsTask();
});
await app.RunAsync();
