using Headroom.Shop.Catalogue;

namespace Headroom.Shop.Orders;

internal static class OrderEndpoints
{
    private const int MaximumLines = 50;

    public static void MapOrders(this WebApplication app) =>
        app.MapPost("/orders", IResult (OrderRequest request, ProductCatalogue catalogue, UserDirectory users, OrderBook book) =>
        {
            var errors = new Dictionary<string, string[]>();
            if (users.Find(request.UserId) is null) errors["userId"] = [$"there is no user {request.UserId}"];
            if (request.Lines is not { Count: >= 1 and <= MaximumLines } lines)
            {
                errors["lines"] = [$"must hold 1 to {MaximumLines} lines"];
                return TypedResults.ValidationProblem(errors);
            }
            long total = 0;
            for (int i = 0; i < lines.Count; i++)
            {
                if (lines[i] is not { } line)
                {
                    errors[$"lines[{i}]"] = ["must be an object"];
                    continue;
                }
                var product = catalogue.Find(line.ProductId);
                if (product is null) errors[$"lines[{i}].productId"] = [$"there is no product {line.ProductId}"];
                if (line.Quantity is < 1 or > 100) errors[$"lines[{i}].quantity"] = ["must be from 1 to 100"];
                total += (long)(product?.PriceCents ?? 0) * line.Quantity;
            }
            if (errors.Count > 0) return TypedResults.ValidationProblem(errors);
            var order = book.Place(request.UserId, lines, total);
            return TypedResults.Created($"/orders/{order.Id}", order);
        }).Measured(ShopEndpoint.Orders);
}
