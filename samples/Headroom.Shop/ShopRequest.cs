using System.Diagnostics;
using Headroom.Shop.Faults;
using Headroom.Shop.Latency;
using Headroom.Shop.Metrics;

namespace Headroom.Shop;

/// <summary>
/// What every measured request goes through: 1. wait the endpoint's own service time, changed by its fault; 2. fail
/// as often as the fault says, or do the work; 3. count what the caller got and how long it took.
/// </summary>
internal sealed class ShopRequest(RequestDelegate next, ServiceTimes times, FaultBoard faults, PreciseDelay delay, RequestMetrics metrics)
{
    public async Task InvokeAsync(HttpContext context)
    {
        string? name = context.GetEndpoint()?.Metadata.GetMetadata<ShopEndpoint>()?.Name;
        long started = Stopwatch.GetTimestamp();
        try
        {
            if (name is null)
            {
                await next(context);
                return;
            }
            // 1. The wait stands for the databases and services a real shop would call.
            var fault = faults[name];
            var (seconds, chance) = times.Draw(name);
            double wait = (seconds * fault.SlowBy) + (fault.AddMs / 1000) + faults.StallLeft(fault);
            await delay.WaitAsync(wait, context.RequestAborted);

            // 2.
            if (chance < fault.ErrorRate) await Results.Problem("A fault was switched on for this endpoint.", statusCode: 500).ExecuteAsync(context);
            else await next(context);
        }
        catch (BadHttpRequestException error) when (!context.Response.HasStarted)
        {
            await Results.Problem(error.InnerException?.Message ?? error.Message, statusCode: error.StatusCode).ExecuteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // 499 is what proxies log for a caller that went away; nobody is left to read it.
            context.Response.StatusCode = 499;
        }
        finally
        {
            // 3.
            if (name is not null) metrics.Record(name, context.Response.StatusCode, Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }
}
