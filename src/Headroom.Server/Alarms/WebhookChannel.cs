using System.Net.Http.Headers;
using System.Text;
using Headroom.Objectives.Alarms;
using Headroom.Resilience.Retry;
using Polly;
using Polly.Timeout;

namespace Headroom.Server.Alarms;

/// <summary>
/// Posts notifications. Each attempt has the action's time-out; what may pass by itself is tried up to three times at once, within a budget all
/// webhooks share. The Idempotency-Key is the same on every attempt. Redirects are not followed: a header with a secret goes where the
/// configuration says, and nowhere else.
/// </summary>
internal sealed class WebhookChannel : IActionChannel, IDisposable
{
    private static readonly ResiliencePropertyKey<TimeSpan> TimeoutKey = new("Headroom.Webhook.Timeout");

    private readonly HttpMessageInvoker _http;
    private readonly ResiliencePipeline<HttpResponseMessage> _pipeline;

    public WebhookChannel(TimeProvider time, HttpMessageHandler? handler = null)
    {
        _pipeline = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = time }
            .AddBudgetedRetry(new BudgetedRetryOptions<HttpResponseMessage> { Name = "alarm webhooks", Tries = 3, MaxRetryAfter = TimeSpan.FromSeconds(30) })
            .AddTimeout(new TimeoutStrategyOptions { TimeoutGenerator = static arguments => ValueTask.FromResult(arguments.Context.Properties.GetValue(TimeoutKey, TimeSpan.FromSeconds(10))) })
            .Build();
        _http = new HttpMessageInvoker(handler ?? new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            ConnectTimeout = TimeSpan.FromSeconds(10),
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            MaxConnectionsPerServer = 4,
            MaxResponseHeadersLength = 16,
        });
    }

    public async ValueTask<string?> PerformAsync(AlarmAction action, string id, string alarm, string body, CancellationToken cancel)
    {
        var webhook = (WebhookAction)action;
        var context = ResilienceContextPool.Shared.Get(cancel);
        context.Properties.Set(TimeoutKey, action.Timeout);
        try
        {
            using var response = await _pipeline.ExecuteAsync(
                static (context, call) => new ValueTask<HttpResponseMessage>(call.Self._http.SendAsync(Request(call.Webhook, call.Id, call.Body), context.CancellationToken)),
                context, (Self: this, Webhook: webhook, Id: id, Body: body));
            // What it answers is not read: only the status counts.
            return response.IsSuccessStatusCode ? null : $"it answered {(int)response.StatusCode}";
        }
        catch (TimeoutRejectedException)
        {
            return $"it did not answer within {action.Timeout.TotalSeconds:0.###} s";
        }
        catch (HttpRequestException error)
        {
            // The message may name the address, and the address may hold a secret.
            return $"it cannot be reached ({error.HttpRequestError})";
        }
        catch (Exception error) when (error is IOException or InvalidOperationException or FormatException)
        {
            return $"it cannot be reached ({error.GetType().Name})";
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    public void Dispose() => _http.Dispose();

    // A new request on every attempt: one that was sent cannot be sent again.
    private static HttpRequestMessage Request(WebhookAction webhook, string id, string body)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, webhook.Url) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };
        request.Headers.TryAddWithoutValidation("Idempotency-Key", id);
        request.Headers.TryAddWithoutValidation("User-Agent", "headroom");
        foreach (var (name, value) in webhook.Headers)
            if (!request.Headers.TryAddWithoutValidation(name, value))
                request.Content.Headers.TryAddWithoutValidation(name, value);
        return request;
    }
}
