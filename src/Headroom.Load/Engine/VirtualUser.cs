using Headroom.Load.Plans;
using Headroom.Load.Transports;

namespace Headroom.Load.Engine;

/// <summary>A user of a scenario: where it is in its flow, and what it remembers. It belongs to one worker.</summary>
internal sealed class VirtualUser(int number, ScenarioRun run, int variables, int feeds)
{
    private readonly int[] _rows = feeds == 0 ? [] : NoRows(feeds);

    /// <summary>From 0, unique in the scenario.</summary>
    public readonly int Number = number;

    public readonly ScenarioRun Run = run;

    public readonly ConnectionSet Connections = new();

    public readonly byte[]?[] Values = variables == 0 ? [] : new byte[]?[variables];

    public readonly List<UserExchange> Exchanges = new(1);

    public CookieJar? Cookies;
    public FlowProgram? Flow;
    public int Step;

    /// <summary>Iterations begun.</summary>
    public long Iteration;

    public long IterationBegan;

    /// <summary>Requests of the step under way.</summary>
    public int Pending;

    /// <summary>Whether it is within an iteration.</summary>
    public bool IsBusy;

    /// <summary>Whether its scenario wants it to go on.</summary>
    public bool IsWanted;

    /// <summary>Whether a step failed so that the rest of the iteration makes no sense.</summary>
    public bool GivesUp;

    /// <summary>When it became free, or began to be unwanted.</summary>
    public long Since;

    /// <summary>Goes up when a timer that was set no longer counts.</summary>
    public int Epoch;

    public Scenario Scenario => Run.Program.Scenario;

    /// <summary>The value of a feed's column in the row this iteration has.</summary>
    public ReadOnlySpan<byte> FeedValue(int feed, int column, RunContext context, Random random)
    {
        var rows = context.Program.Feeds[feed];
        ref int row = ref _rows[feed];
        if (row < 0) row = rows.Order == FeedOrder.Random ? random.Next(rows.Rows) : (int)(context.NextRow(feed) % rows.Rows);
        return rows.Cells[row * rows.Columns.Count + column];
    }

    /// <summary>The next iteration has other rows.</summary>
    public void ForgetRows() => _rows.AsSpan().Fill(-1);

    private static int[] NoRows(int feeds)
    {
        var rows = new int[feeds];
        rows.AsSpan().Fill(-1);
        return rows;
    }
}

/// <summary>An exchange of a user, with the request it carries.</summary>
internal sealed class UserExchange(LoadWorker worker, VirtualUser user) : Exchange(worker, user.Connections)
{
    public readonly VirtualUser User = user;
    public RequestProgram Program = null!;

    /// <summary>Where a request that changes is rendered.</summary>
    public ByteBuffer Text;

    public int Redirects;
}
