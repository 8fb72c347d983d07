namespace Headroom.Shop.Latency;

/// <summary>
/// Draws how long an endpoint's imagined back ends take: lognormal, the usual shape of service times, with a median
/// and a spread per endpoint. Each endpoint has its own seeded generator, so its sequence does not depend on what
/// other endpoints are asked.
/// </summary>
internal sealed class ServiceTimes(int seed)
{
    private readonly Dictionary<string, Stream> _streams = new(StringComparer.Ordinal)
    {
        [ShopEndpoint.Health] = new(seed, 0, medianSeconds: 0.001, sigma: 0.20),
        [ShopEndpoint.Users] = new(seed, 1, medianSeconds: 0.006, sigma: 0.30),
        [ShopEndpoint.Products] = new(seed, 2, medianSeconds: 0.009, sigma: 0.30),
        [ShopEndpoint.Product] = new(seed, 3, medianSeconds: 0.005, sigma: 0.25),
        [ShopEndpoint.Search] = new(seed, 4, medianSeconds: 0.025, sigma: 0.40),
        [ShopEndpoint.Orders] = new(seed, 5, medianSeconds: 0.018, sigma: 0.35),
        [ShopEndpoint.Sign] = new(seed, 6, medianSeconds: 0.008, sigma: 0.25),
        [ShopEndpoint.Verify] = new(seed, 7, medianSeconds: 0.007, sigma: 0.25),
    };

    /// <summary>A service time in seconds, and a uniform number in [0, 1) that decides whether the request fails.</summary>
    public (double Seconds, double Chance) Draw(string endpoint) => _streams[endpoint].Draw();

    private sealed class Stream(int seed, int index, double medianSeconds, double sigma)
    {
        private readonly Lock _lock = new();
        private readonly Random _random = new(HashCodeOf(seed, index));

        public (double Seconds, double Chance) Draw()
        {
            double u, v, chance;
            lock (_lock) (u, v, chance) = (_random.NextDouble(), _random.NextDouble(), _random.NextDouble());
            // Box and Muller (1958); 1 - u keeps the logarithm away from zero.
            double normal = Math.Sqrt(-2 * Math.Log(1 - u)) * Math.Cos(2 * Math.PI * v);
            return (medianSeconds * Math.Exp(sigma * normal), chance);
        }

        // HashCode.Combine differs between processes; a seed must not.
        private static int HashCodeOf(int seed, int index) => unchecked((seed * 486187739) + (index * 16777619));
    }
}
