using System.Runtime.CompilerServices;
using Headroom.Load.Executors;
using Headroom.Load.Transports;

namespace Headroom.Load.Engine;

/// <summary>
/// One worker's share of a scenario: which of its users should be at work, which arrivals are due, and when it is over. It decides;
/// the worker acts.
/// </summary>
internal sealed class ScenarioRun
{
    private readonly LoadWorker _worker;
    private readonly RunContext _context;
    private readonly Share _share;
    private readonly int _index;
    private readonly ClosedShape? _closed;
    private readonly StageCurve? _curve;
    private readonly ArrivalSchedule? _arrivals;
    private readonly List<VirtualUser> _users = [];
    private readonly Stack<VirtualUser> _free = new();
    private readonly int _mostUsers;
    private long _startAt = -1;
    private long _endAt = long.MaxValue;
    private long _stopAt = long.MaxValue;
    private long _nextChange;
    private State _state;
    private int _target;

    public ScenarioRun(LoadWorker worker, RunContext context, int index, Share share, Random random)
    {
        (_worker, _context, _index, _share) = (worker, context, index, share);
        Program = context.Program.Scenarios[index];
        var shape = Program.Scenario.Shape;
        _mostUsers = share.Of(shape.MaxVus);
        if (shape is ClosedShape closed) (_closed, _curve) = (closed, closed.Users);
        else if (shape is OpenShape open)
        {
            _arrivals = new ArrivalSchedule(open.Rate, share, open.Arrival == ArrivalPattern.Poisson ? random : null);
            // A share without users leaves its arrivals to nobody: every worker has at least one.
            _mostUsers = Math.Max(1, _mostUsers);
            for (int i = Math.Min(_mostUsers, share.Of(open.PreAllocatedVus)) - 1; i >= 0; i--) _free.Push(NewUser());
        }
    }

    private enum State
    {
        Waiting,
        Running,
        Ending,
        Ended,
    }

    public ScenarioProgram Program { get; }

    public bool IsEnded => _state == State.Ended;

    /// <summary>Users within an iteration.</summary>
    public int Busy { get; private set; }

    /// <summary>When there is something to decide next.</summary>
    public long NextDue => _state switch
    {
        State.Waiting => _startAt < 0 ? long.MaxValue : _startAt,
        State.Running => Math.Min(_endAt, _arrivals is null ? _nextChange : CanStart ? Due(_arrivals.Next) : long.MaxValue),
        State.Ending => Math.Min(_stopAt, _arrivals is not null && CanStart && Owes ? Due(_arrivals.Next) : long.MaxValue),
        _ => long.MaxValue,
    };

    private bool CanStart => _free.Count > 0 || _users.Count < _mostUsers;

    /// <summary>Whether arrivals were due before the end that have not been started.</summary>
    private bool Owes => Due(_arrivals!.Next) < _endAt;

    /// <summary>Does what is due.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Advance(long now)
    {
        if (_state == State.Waiting && !TryStart(now)) return;
        long stop = _context.StopAt;
        if (stop < _endAt && _state is State.Running or State.Ending)
        {
            _endAt = stop;
            _stopAt = Math.Min(_stopAt, stop + _context.Drain);
        }
        if (_state == State.Running && _closed is not null && now >= _nextChange && now < _endAt) AdjustUsers(now);
        if (_arrivals is not null && _state is State.Running or State.Ending) StartArrivals(now);
        if (_state == State.Running && now >= _endAt)
        {
            _state = State.Ending;
            foreach (var user in _users) user.IsWanted = false;
            if (_stopAt == long.MaxValue) _stopAt = _endAt + LoadClock.Nanoseconds(Program.Scenario.GracefulStop);
        }
        if (_closed is RampingVus) StopRetired(now, LoadClock.Nanoseconds(((RampingVus)_closed).GracefulRampDown));
        if (_state == State.Ending && now >= _stopAt)
        {
            foreach (var user in _users)
                if (user.IsBusy)
                    _worker.Interrupt(user, now);
            CountDropped();
            End();
        }
        else if (_state is State.Running or State.Ending && Busy == 0 && NothingLeft(now))
        {
            CountDropped();
            End();
        }
    }

    /// <summary>A user has finished an iteration, or was interrupted in it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void IterationEnded(VirtualUser user, long now, bool interrupted)
    {
        Busy--;
        user.Since = now;
        if (_arrivals is not null)
        {
            _free.Push(user);
            // Whoever waited for a user goes on with this one; the time it waited counts.
            if (!interrupted && _state is State.Running or State.Ending) StartArrivals(now);
            return;
        }
        if (interrupted || !user.IsWanted || now >= _endAt || _context.StopAt < long.MaxValue || !TryBegin(user, now)) Retire(user);
    }

    private bool TryStart(long now)
    {
        if (_context.StopAt < long.MaxValue)
        {
            End();
            return false;
        }
        if (_startAt < 0)
        {
            long origin = 0;
            if (Program.Scenario.StartAfter is { } after)
            {
                int other = _context.Program.Scenarios.ToList().FindIndex(s => s.Scenario.Name == after);
                origin = _context.EndedAt(other);
                if (origin < 0) return false;
            }
            _startAt = origin + LoadClock.Nanoseconds(Program.Scenario.StartTime);
        }
        if (now < _startAt) return false;
        _state = State.Running;
        _endAt = _startAt + LoadClock.Nanoseconds(Program.Scenario.Shape.Length);
        _nextChange = _startAt;
        return true;
    }

    private void AdjustUsers(long now)
    {
        double seconds = (now - _startAt) / 1e9;
        _target = Math.Min(_mostUsers, _share.Of(_closed!.UsersAt(seconds)));
        double next = _curve!.NextWholeChange(seconds);
        _nextChange = double.IsInfinity(next) ? long.MaxValue : Math.Max(now + 1000, _startAt + (long)(next * 1e9));
        for (int i = 0; i < _users.Count; i++)
        {
            bool wanted = i < _target;
            if (_users[i].IsWanted == wanted) continue;
            (_users[i].IsWanted, _users[i].Since) = (wanted, now);
            if (wanted && !_users[i].IsBusy && !TryBegin(_users[i], now)) Retire(_users[i]);
        }
        while (_users.Count < _target)
        {
            var user = NewUser();
            user.IsWanted = true;
            if (!TryBegin(user, now)) Retire(user);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private bool TryBegin(VirtualUser user, long now)
    {
        if (_closed!.BudgetPerVu is { } most && user.Iteration >= most) return false;
        if (!_context.TakeIteration(_index)) return false;
        Busy++;
        _worker.BeginIteration(user, now, now);
        return true;
    }

    private void Retire(VirtualUser user) => _worker.Release(user);

    private void StopRetired(long now, long patience)
    {
        if (_state != State.Running) return;
        for (int i = _target; i < _users.Count; i++)
            if (_users[i] is { IsBusy: true, IsWanted: false } user && now - user.Since >= patience)
                _worker.Interrupt(user, now);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void StartArrivals(long now)
    {
        while (true)
        {
            long due = Due(_arrivals!.Next);
            if (due > now || due >= _endAt || now >= _stopAt) return;
            if (!_free.TryPop(out var user))
            {
                if (_users.Count >= _mostUsers) return;
                user = NewUser();
                user.Since = due;
            }
            _arrivals.Advance();
            Busy++;
            _worker.Arrived(Math.Max(0, now - Math.Max(due, user.Since)));
            _worker.BeginIteration(user, due, now);
        }
    }

    private bool NothingLeft(long now)
    {
        if (_arrivals is not null) return double.IsInfinity(_arrivals.Next) || (_state == State.Ending && !Owes);
        if (_state == State.Ending) return true;
        // Iterations that are counted may run out before the time does.
        return now >= _startAt && (_closed!.SharedBudget is not null || _closed.BudgetPerVu is not null);
    }

    private void CountDropped()
    {
        if (_arrivals is null) return;
        long dropped = 0;
        for (; Owes; _arrivals.Advance()) dropped++;
        _worker.Dropped(dropped);
    }

    private void End()
    {
        _state = State.Ended;
        foreach (var user in _users) _worker.Release(user);
        _context.Ended(_index);
    }

    private VirtualUser NewUser()
    {
        var user = new VirtualUser(_share.Global(_users.Count), this, _context.Program.Variables, _context.Program.Feeds.Count);
        _users.Add(user);
        return user;
    }

    private long Due(double seconds) => double.IsInfinity(seconds) ? long.MaxValue : _startAt + (long)(seconds * 1e9);
}
