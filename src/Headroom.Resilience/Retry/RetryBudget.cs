namespace Headroom.Resilience.Retry;

/// <summary>
/// Keeps retries a bounded share of requests, so that a dependency in trouble is not given several times its load. A
/// bucket of tokens: each request puts in <see cref="Share"/> of a token, each retry takes one out, and the bucket
/// starts with <see cref="Reserve"/> and never holds more (with a reserve of 0: more than one). In any sequence of calls, therefore,
/// <c>retries ≤ Reserve + Share · requests</c>. Share one budget between all pipelines that call one dependency.
/// Thread-safe, lock-free, allocates nothing.
/// </summary>
public sealed class RetryBudget
{
    // Tokens are counted in thousandths: integers add up exactly.
    private const long Token = 1000;

    private readonly RetryBudgetMetrics _metrics;
    private readonly long _deposit;
    private readonly long _capacity;
    private long _balance;

    /// <summary>Creates a budget, its reserve full.</summary>
    /// <param name="name">Which dependency's budget it is; the tag <c>budget</c> of its metrics.</param>
    /// <param name="share">
    /// Retries allowed per request in the long run, 0 to 10 in steps of 0.001. Default 0.1, the per-client ratio of
    /// Google's SRE book, "Handling Overload".
    /// </param>
    /// <param name="reserve">
    /// Retries allowed at once beyond the share, so that few requests may fail together. Default 100: the AWS SDK for
    /// .NET's retry capacity of 500 at a cost of 5.
    /// </param>
    public RetryBudget(string name, double share = 0.1, int reserve = 100)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        if (!(share is >= 0 and <= 10)) throw new ArgumentOutOfRangeException(nameof(share), share, "The share of retries is from 0 to 10.");
        ArgumentOutOfRangeException.ThrowIfNegative(reserve);
        Name = name;
        Reserve = reserve;
        _deposit = (long)Math.Round(share * Token);
        Share = (double)_deposit / Token;
        _balance = reserve * Token;
        _capacity = Math.Max(_balance, _deposit > 0 ? Token : 0);
        _metrics = new RetryBudgetMetrics(this);
    }

    /// <summary>Which dependency's budget it is.</summary>
    public string Name { get; }

    /// <summary>Retries allowed per request in the long run.</summary>
    public double Share { get; }

    /// <summary>Retries allowed at once beyond the share.</summary>
    public int Reserve { get; }

    /// <summary>Retries that could be made now.</summary>
    public int Available => (int)(Volatile.Read(ref _balance) / Token);

    /// <summary>Books a request: the first attempt of a call, whatever becomes of it.</summary>
    public void OnRequest()
    {
        long balance = Volatile.Read(ref _balance);
        while (balance < _capacity)
        {
            long before = Interlocked.CompareExchange(ref _balance, Math.Min(_capacity, balance + _deposit), balance);
            if (before == balance) return;
            balance = before;
        }
    }

    /// <summary>Takes one retry out of the budget; false when there is none.</summary>
    public bool TryTakeRetry()
    {
        long balance = Volatile.Read(ref _balance);
        while (balance >= Token)
        {
            long before = Interlocked.CompareExchange(ref _balance, balance - Token, balance);
            if (before == balance)
            {
                _metrics.Granted();
                return true;
            }

            balance = before;
        }

        _metrics.Refused();
        return false;
    }
}
