using System.Net.Http.Json;
using Polly;

namespace Headroom.Resilience.Retry;

/// <summary>
/// Sends an <see cref="HttpClient"/>'s requests through a pipeline. A request is repeated only when that is safe: its
/// method is idempotent (RFC 9110, 9.2.2) or it carries an <c>Idempotency-Key</c>, and its content is small enough to
/// be kept. Other requests still pass the pipeline's limiter and circuit breaker, once.
/// </summary>
public sealed class ResilienceHttpHandler : DelegatingHandler
{
    private const string IdempotencyKey = "Idempotency-Key";

    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;

    /// <summary>Creates the handler in front of an inner one (null when the client factory sets it).</summary>
    public ResilienceHttpHandler(ResiliencePipeline<HttpResponseMessage> pipeline, HttpMessageHandler? inner = null)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        _pipeline = pipeline;
        if (inner is not null) InnerHandler = inner;
    }

    /// <summary>Largest content kept in memory to be sent again, in bytes. Default 1 MiB; a stream of unknown length is never kept.</summary>
    public long MaxKeptContent { get; init; } = 1024 * 1024;

    /// <summary>Repeats POST and PATCH too, for an API that is known to bear it. Default false.</summary>
    public bool RepeatUnsafeMethods { get; init; }

    /// <inheritdoc/>
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        bool repeatable = MayRepeat(request) && await Keep(request.Content, cancellationToken).ConfigureAwait(false);
        ResilienceContext context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(BudgetedRetryPipelineExtensions.NeverRepeat, !repeatable);
            return await _pipeline.ExecuteAsync(
                static (context, call) => new ValueTask<HttpResponseMessage>(call.Handler.SendInner(call.Request, context.CancellationToken)),
                context, (Handler: this, Request: request)).ConfigureAwait(false);
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <inheritdoc/>
    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        // Keeping content in memory has no synchronous form, so only requests without content are repeated here.
        bool repeatable = request.Content is null && MayRepeat(request);
        ResilienceContext context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(BudgetedRetryPipelineExtensions.NeverRepeat, !repeatable);
            return _pipeline.Execute(
                static (context, call) => call.Handler.SendInnerSync(call.Request, context.CancellationToken),
                context, (Handler: this, Request: request));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    private Task<HttpResponseMessage> SendInner(HttpRequestMessage request, CancellationToken cancellation) =>
        base.SendAsync(request, cancellation);

    private HttpResponseMessage SendInnerSync(HttpRequestMessage request, CancellationToken cancellation) =>
        base.Send(request, cancellation);

    private bool MayRepeat(HttpRequestMessage request) =>
        request.Method.Method is "GET" or "HEAD" or "OPTIONS" or "TRACE" or "PUT" or "DELETE"
        || RepeatUnsafeMethods
        || request.Headers.Contains(IdempotencyKey);

    // Whether the content can be sent again. A stream of unknown length is not touched: reading it could not be undone.
    private async ValueTask<bool> Keep(HttpContent? content, CancellationToken cancellation)
    {
        if (content is null) return true;
        if (content.Headers.ContentLength is { } length && length > MaxKeptContent) return false;
        if (content.Headers.ContentLength is null && content is not JsonContent) return false;
        try
        {
            await content.LoadIntoBufferAsync(MaxKeptContent, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (HttpRequestException) when (content is JsonContent)
        {
            // Larger than is kept; it can still be written out once, from the object it holds.
            return false;
        }
    }
}
