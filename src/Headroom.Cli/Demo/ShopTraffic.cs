using System.Globalization;
using System.Net.Http.Headers;
using System.Text;

namespace Headroom.Cli.Demo;

/// <summary>One kind of request the demo sends to the shop.</summary>
/// <param name="Name">What people call it; the label <c>endpoint</c>.</param>
/// <param name="Fault">The shop's name for it when a fault is switched.</param>
/// <param name="Make">Makes one request with arguments drawn at random.</param>
internal sealed record ShopRequestKind(string Name, string Fault, Func<Random, HttpRequestMessage> Make);

/// <summary>What visitors of the shop do: five kinds of request, equally often, with seeded arguments.</summary>
internal static class ShopTraffic
{
    private static readonly string[] Words = ["oak", "lamp", "chair", "steel", "table", "linen", "glass", "blue"];

    public static readonly IReadOnlyList<ShopRequestKind> Kinds =
    [
        new("GET /users/{id}", "users", r => Get($"/users/{r.Next(1, 1001)}")),
        new("GET /products", "products", r => Get($"/products?offset={r.Next(0, 440)}&limit=20")),
        new("GET /search", "search", r => Get($"/search?q={Words[r.Next(Words.Length)]}")),
        new("POST /orders", "orders", r => Post("/orders", $$"""{"userId":{{r.Next(1, 1001)}},"lines":[{"productId":{{r.Next(1, 481)}},"quantity":{{r.Next(1, 5)}}}]}""")),
        new("POST /sign", "sign", r => Post("/sign", $$"""{"payload":"order-{{r.Next()}}"}""")),
    ];

    /// <summary>The kind that the demo makes slower.</summary>
    public static ShopRequestKind Slowed => Kinds[2];

    private static HttpRequestMessage Get(FormattableString path) => new(HttpMethod.Get, path.ToString(CultureInfo.InvariantCulture));

    private static HttpRequestMessage Post(string path, FormattableString json) => new(HttpMethod.Post, path)
    {
        Content = new StringContent(json.ToString(CultureInfo.InvariantCulture), Encoding.UTF8, new MediaTypeHeaderValue("application/json")),
    };
}
