using System.Globalization;

namespace Headroom.Cli.Demo;

/// <summary>What became of one request.</summary>
/// <param name="Kind">Which request it was.</param>
/// <param name="Code">The status, or <c>timeout</c> or <c>error</c> when there was no answer.</param>
/// <param name="Intended">When it was due to be sent, Unix milliseconds.</param>
/// <param name="Seconds">From that instant to the end of the answer.</param>
/// <param name="LagSeconds">How much later than due it was really sent.</param>
internal readonly record struct RequestResult(ShopRequestKind Kind, string Code, long Intended, double Seconds, double LagSeconds);

/// <summary>
/// Sends requests at a constant rate whether or not answers come (an open model), so that a slow server cannot slow
/// its own measurement. Response time counts from the instant a request was due, which includes any time it waited
/// for a free place among those in flight.
/// </summary>
internal sealed class ArrivalDriver(HttpMessageInvoker http, Uri target, double requestsPerSecond, Random random, TimeProvider time)
{
    /// <summary>Requests in flight at once; with answers in 0.1 s it allows 2,560 requests/s.</summary>
    public const int MostInFlight = 256;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Sends for a length of time from an instant on, and waits for the last answer.</summary>
    /// <param name="start">When the first request is due.</param>
    /// <param name="duration">How long requests are due.</param>
    /// <param name="onResult">Called once per request, from any thread.</param>
    /// <param name="cancel">Stops sending; what is in flight is given up.</param>
    public async Task RunAsync(DateTimeOffset start, TimeSpan duration, Action<RequestResult> onResult, CancellationToken cancel)
    {
        using var places = new SemaphoreSlim(MostInFlight);
        // Wall time is read once; from here on the schedule runs on the monotonic clock.
        long origin = time.GetTimestamp();
        var untilStart = start - time.GetUtcNow();
        int total = (int)(duration.TotalSeconds * requestsPerSecond);
        var inFlight = new List<Task>(total);
        for (int i = 0; i < total; i++)
        {
            var due = TimeSpan.FromSeconds(i / requestsPerSecond);
            while (untilStart + due - time.GetElapsedTime(origin) is { Ticks: > 0 } left)
                await Task.Delay(left < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : left, time, cancel);
            var kind = ShopTraffic.Kinds[random.Next(ShopTraffic.Kinds.Count)];
            var request = kind.Make(random);
            request.RequestUri = new Uri(target, request.RequestUri!);
            inFlight.Add(SendAsync(kind, request, (start + due).ToUnixTimeMilliseconds(), untilStart + due));
        }
        await Task.WhenAll(inFlight);

        async Task SendAsync(ShopRequestKind kind, HttpRequestMessage request, long intended, TimeSpan dueAt)
        {
            using (request)
            {
                await places.WaitAsync(cancel);
                string code;
                var lag = time.GetElapsedTime(origin) - dueAt;
                try
                {
                    code = await ExchangeAsync(request, cancel);
                }
                finally
                {
                    places.Release();
                }
                onResult(new RequestResult(kind, code, intended, (time.GetElapsedTime(origin) - dueAt).TotalSeconds, lag.TotalSeconds));
            }
        }
    }

    private async Task<string> ExchangeAsync(HttpRequestMessage request, CancellationToken cancel)
    {
        using var timeout = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancel);
        try
        {
            using var response = await http.SendAsync(request, either.Token);
            await response.Content.CopyToAsync(Stream.Null, either.Token);
            return ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            return "timeout";
        }
        catch (HttpRequestException)
        {
            return "error";
        }
    }
}
