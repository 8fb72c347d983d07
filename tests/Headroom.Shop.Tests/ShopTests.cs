using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Headroom.Shop.Tests;

public sealed class ShopTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_answers_with_real_work_and_refuses_bad_requests()
    {
        await using var shop = await RunningShop.StartAsync("--seed", "7");
        foreach (string path in (string[])["/health", "/users/1", "/products?offset=470&limit=20", "/products/480", "/search?q=oak lamp"])
            Assert.Equal(HttpStatusCode.OK, (await shop.Get(path)).StatusCode);
        Assert.All((await Json(await shop.Get("/search?q=oak lamp"))).GetProperty("products").EnumerateArray(), product => Assert.Contains("Oak", product.GetProperty("name").GetString(), StringComparison.Ordinal));

        var order = await shop.Post("/orders", new { userId = 3, lines = new[] { new { productId = 4, quantity = 2 } } });
        Assert.Equal(HttpStatusCode.Created, order.StatusCode);
        int price = (await Json(await shop.Get("/products/4"))).GetProperty("priceCents").GetInt32();
        Assert.Equal(2 * price, (await Json(order)).GetProperty("totalCents").GetInt32());

        Assert.Equal(HttpStatusCode.NotFound, (await shop.Get("/users/0")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.Get("/products/481")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await shop.Get("/search")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await shop.Get("/products?limit=0")).StatusCode);
        var refused = await shop.Post("/orders", new { userId = 0, lines = new[] { new { productId = 9999, quantity = 0 } } });
        Assert.Equal(["lines[0].productId", "lines[0].quantity", "userId"], (await Json(refused)).GetProperty("errors").EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("ecdsa-p256")]
    [InlineData("hmac-sha256")]
    public async Task A_signature_verifies_its_payload_and_no_other(string algorithm)
    {
        await using var shop = await RunningShop.StartAsync();
        string signature = (await Json(await shop.Post("/sign", new { payload = "42 lamps", algorithm }))).GetProperty("value").GetString()!;
        Assert.True((await Json(await shop.Post("/verify", new { payload = "42 lamps", signature, algorithm }))).GetProperty("valid").GetBoolean());
        Assert.False((await Json(await shop.Post("/verify", new { payload = "43 lamps", signature, algorithm }))).GetProperty("valid").GetBoolean());
        Assert.Equal(HttpStatusCode.BadRequest, (await shop.Post("/verify", new { payload = "42 lamps", signature = "!", algorithm })).StatusCode);
    }

    [Fact]
    public async Task A_fault_changes_one_endpoint_until_it_is_taken_away()
    {
        await using var shop = await RunningShop.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await shop.Put("/faults/search", new { addMs = 300 })).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await shop.Put("/faults/users", new { errorRate = 1 })).StatusCode);
        long started = Stopwatch.GetTimestamp();
        Assert.Equal(HttpStatusCode.OK, (await shop.Get("/search?q=lamp")).StatusCode);
        // Only a lower bound: how much longer it takes is the machine's affair.
        Assert.True(Stopwatch.GetElapsedTime(started).TotalMilliseconds >= 300);
        Assert.Equal(HttpStatusCode.InternalServerError, (await shop.Get("/users/1")).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await shop.Get("/products/1")).StatusCode);
        Assert.Equal(["search", "users"], (await Json(await shop.Get("/faults"))).EnumerateObject().Select(f => f.Name));

        Assert.Equal(HttpStatusCode.NoContent, (await shop.Client.DeleteAsync("/faults/users", Cancel)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await shop.Get("/users/1")).StatusCode);
        await shop.Client.DeleteAsync("/faults", Cancel);
        Assert.Empty((await Json(await shop.Get("/faults"))).EnumerateObject());
    }

    [Fact]
    public async Task A_fault_that_makes_no_sense_is_refused_with_the_field()
    {
        await using var shop = await RunningShop.StartAsync();
        var refused = await shop.Put("/faults/search", new { slowBy = 0, errorRate = 2, stallMs = 500, stallEvery = 0.1 });
        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Equal(["errorRate", "slowBy", "stallEvery"], (await Json(refused)).GetProperty("errors").EnumerateObject().Select(e => e.Name).Order(StringComparer.Ordinal));
        Assert.Equal(HttpStatusCode.BadRequest, (await shop.Put("/faults/search", new { slow = 2 })).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await shop.Put("/faults/serch", new { slowBy = 2 })).StatusCode);
    }

    [Fact]
    public async Task Its_metrics_count_what_callers_got()
    {
        await using var shop = await RunningShop.StartAsync();
        for (int i = 0; i < 3; i++) await shop.Get("/users/1");
        await shop.Get("/users/0");
        string text = await shop.Client.GetStringAsync("/metrics", Cancel);
        Assert.Contains("http_requests_total{endpoint=\"users\",code=\"200\"} 3\n", text, StringComparison.Ordinal);
        Assert.Contains("http_requests_total{endpoint=\"users\",code=\"404\"} 1\n", text, StringComparison.Ordinal);
        Assert.Contains("http_request_duration_seconds_bucket{endpoint=\"users\",le=\"+Inf\"} 4\n", text, StringComparison.Ordinal);
        Assert.Contains("http_request_duration_seconds_count{endpoint=\"users\"} 4\n", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_leaves_when_its_parent_does()
    {
        await using var shop = await RunningShop.StartAsync();
        shop.Process.StandardInput.Close();
        await shop.Process.WaitForExitAsync(Cancel);
        Assert.Equal(0, shop.Process.ExitCode);
        Assert.Equal("", await shop.Process.StandardError.ReadToEndAsync(Cancel));
    }

    [Fact]
    public async Task A_port_in_use_and_a_wrong_option_are_one_clear_message_each()
    {
        await using var shop = await RunningShop.StartAsync();
        var (code, error) = await Run("--port", shop.Client.BaseAddress!.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(1, code);
        Assert.StartsWith("cannot listen on 127.0.0.1:", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
        (code, error) = await Run("--prot", "80");
        Assert.Equal(2, code);
        Assert.StartsWith("unknown option '--prot'", error, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Error)> Run(params string[] arguments)
    {
        using var process = Process.Start(RunningShop.Command(arguments))!;
        string error = await process.StandardError.ReadToEndAsync(Cancel);
        await process.WaitForExitAsync(Cancel);
        return (process.ExitCode, error);
    }

    private static async Task<JsonElement> Json(HttpResponseMessage response) => await response.Content.ReadFromJsonAsync<JsonElement>(Cancel);
}
