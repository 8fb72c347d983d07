using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Headroom.Resilience.RateLimiting;

/// <summary>
/// The budgets of a process by name, editable while it runs: one budget per API, shared by everybody who calls that
/// API. Reading is lock-free. Disposing closes every budget; callers that wait are refused.
/// </summary>
public sealed class RateBudgets : IDisposable
{
    private readonly ConcurrentDictionary<string, RateBudget> _budgets = new(StringComparer.Ordinal);
    private readonly Lock _edit = new();
    private readonly TimeProvider? _time;
    private bool _disposed;

    /// <summary>Creates an empty registry on a clock; null for the system's.</summary>
    public RateBudgets(TimeProvider? time = null) => _time = time;

    /// <summary>Creates a registry with budgets, for example <see cref="AwsRateBudgets.Defaults"/>.</summary>
    /// <exception cref="ArgumentException">Options of some budget are not valid.</exception>
    public RateBudgets(IEnumerable<KeyValuePair<string, RateBudgetOptions>> budgets, TimeProvider? time = null) : this(time)
    {
        foreach ((string name, RateBudgetOptions options) in budgets) Set(name, options);
    }

    /// <summary>Names of all budgets, in ordinal order.</summary>
    public IReadOnlyList<string> Names => [.. _budgets.Keys.Order(StringComparer.Ordinal)];

    /// <summary>The budget of a name.</summary>
    /// <exception cref="KeyNotFoundException">There is none; the message lists those there are.</exception>
    public RateBudget this[string name] => _budgets.TryGetValue(name, out RateBudget? budget)
        ? budget
        : throw new KeyNotFoundException($"There is no rate budget '{name}'. Known: {string.Join(", ", Names)}.");

    /// <summary>Looks a budget up.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out RateBudget? budget) => _budgets.TryGetValue(name, out budget);

    /// <summary>Creates the budget, or changes it in place: whoever holds or waits on it goes on with the new options.</summary>
    /// <exception cref="ArgumentException">The options are not valid; nothing changed.</exception>
    public RateBudget Set(string name, RateBudgetOptions options)
    {
        lock (_edit)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_budgets.TryGetValue(name, out RateBudget? budget))
            {
                budget.Change(options);
                return budget;
            }

            return _budgets[name] = new RateBudget(name, options, _time);
        }
    }

    /// <summary>Closes a budget and forgets it; callers that wait on it are refused. False when there was none.</summary>
    public bool Remove(string name)
    {
        lock (_edit)
        {
            if (!_budgets.TryRemove(name, out RateBudget? budget)) return false;
            budget.Dispose();
            return true;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_edit)
        {
            _disposed = true;
            foreach (RateBudget budget in _budgets.Values) budget.Dispose();
            _budgets.Clear();
        }
    }
}
