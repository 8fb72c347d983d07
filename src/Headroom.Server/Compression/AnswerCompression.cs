using Headroom.Server.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Net.Http.Headers;

namespace Headroom.Server.Compression;

/// <summary>
/// Tells the framework's response compression what to do, by <see cref="CompressionRules"/>. The framework decides before it has
/// seen a byte; the stream given to it here, <see cref="DecidingStream"/>, decides by what it sees.
/// </summary>
internal sealed class AnswerCompression : IResponseCompressionProvider
{
    public bool CheckRequestAcceptsCompression(HttpContext context) => !ConnectionKind.IsDataSocket(context);

    public bool ShouldCompressResponse(HttpContext context) =>
        !context.Response.Headers.ContainsKey(HeaderNames.ContentEncoding) && !context.Response.Headers.ContainsKey(HeaderNames.ContentRange)
        && CompressionRules.Of(context.Response.ContentType) is not null;

    public ICompressionProvider? GetCompressionProvider(HttpContext context)
    {
        var rule = CompressionRules.Of(context.Response.ContentType)!;
        var encoding = rule.For(AcceptedEncodings.Of(context.Request));
        return encoding == Encodings.None ? null : new OfOneAnswer(context.Response, rule, encoding);
    }

    private sealed class OfOneAnswer(HttpResponse response, CompressionRule rule, Encodings encoding) : ICompressionProvider
    {
        public string EncodingName => CompressionRules.NameOf(encoding);

        public bool SupportsFlush => true;

        public Stream CreateStream(Stream outputStream) => new DecidingStream(response, outputStream, rule, encoding);
    }
}
