using System.Collections.Concurrent;

namespace Headroom.Shop.Orders;

internal sealed record OrderRequest(int UserId, List<OrderLine>? Lines);

internal sealed record OrderLine(int ProductId, int Quantity);

internal sealed record Order(long Id, int UserId, List<OrderLine> Lines, long TotalCents);

/// <summary>The latest orders; older ones are forgotten so that a long load test does not fill memory.</summary>
internal sealed class OrderBook
{
    private const int Kept = 10_000;

    private readonly ConcurrentQueue<Order> _orders = new();
    private long _last;

    public Order Place(int userId, List<OrderLine> lines, long totalCents)
    {
        var order = new Order(Interlocked.Increment(ref _last), userId, lines, totalCents);
        _orders.Enqueue(order);
        while (_orders.Count > Kept && _orders.TryDequeue(out _)) { }
        return order;
    }
}
