namespace Headroom.Runs;

/// <summary>
/// Steps that could start, by urgency, behind the limits they draw on.
/// Each class of steps (see <see cref="LimitClasses"/>) has a heap. A class is in one place: <em>open</em>, when it may be able to start, or
/// <em>parked</em> at the one limit that was found lacking. What is freed wakes only the most urgent class parked there, so a start costs
/// O(log n) and nothing is scanned. A limit is served strictly by urgency: nothing overtakes a more urgent
/// class that is parked at it, so a step that needs many units is not starved by those that need few.
/// </summary>
internal sealed class ReadyQueues
{
    private const int Nowhere = -2;
    private const int Open = -1;

    private readonly PreparedPlan _plan;
    private readonly Limit[] _limits;
    private readonly IndexedHeap[] _steps;
    private readonly IndexedHeap _open;
    private readonly IndexedHeap[] _parked;
    private readonly int[] _home;
    private readonly int[] _classOf;
    private readonly IndexedHeap _refills;
    // Limits with something parked that may have room again.
    private readonly List<int> _woken = [];
    private readonly bool[] _isWoken;

    public ReadyQueues(PreparedPlan plan)
    {
        _plan = plan;
        _limits = [.. plan.LimitSpecs.Select(spec => new Limit(spec))];
        _classOf = new int[plan.Count];
        var stepPositions = IndexedHeap.Positions(plan.Count);
        _steps = [.. plan.Classes.Select(_ => new IndexedHeap(stepPositions))];
        var classPositions = IndexedHeap.Positions(plan.Classes.Length);
        _open = new IndexedHeap(classPositions);
        _parked = [.. _limits.Select(_ => new IndexedHeap(classPositions))];
        _home = new int[plan.Classes.Length];
        Array.Fill(_home, Nowhere);
        _refills = new IndexedHeap(IndexedHeap.Positions(_limits.Length));
        _isWoken = new bool[_limits.Length];
    }

    /// <summary>Steps that stand in a queue.</summary>
    public int Count { get; private set; }

    /// <summary>When a bucket will have refilled enough for the class that waits for it; null when none does.</summary>
    public long? NextRefill => _refills.Count > 0 ? _refills.PeekKey : null;

    /// <summary>Puts a step in the queue of a class.</summary>
    public void Add(int step, int ofClass)
    {
        _classOf[step] = ofClass;
        _steps[ofClass].Push(step, _plan.Place[step]);
        Count++;
        long urgency = _steps[ofClass].PeekKey;
        switch (_home[ofClass])
        {
            case Nowhere:
                MoveTo(ofClass, Open);
                break;
            case Open:
                _open.Update(ofClass, urgency);
                break;
            case var limit:
                _parked[limit].Update(ofClass, urgency);
                // It may now stand before one that waits for more units, and later.
                if (_parked[limit].Peek == ofClass) Wake(limit);
                break;
        }
    }

    /// <summary>Takes a step out of its queue without starting it.</summary>
    public void Remove(int step)
    {
        int ofClass = _classOf[step];
        _steps[ofClass].Remove(step);
        Count--;
        // A parked class stays where it is even when its first step changed: it is found out when it is woken.
        Leave(ofClass);
        if (_steps[ofClass].Count > 0) MoveTo(ofClass, Open);
    }

    /// <summary>The most urgent step that can start now, its units set aside; −1 when none can.</summary>
    public int Take(long now)
    {
        while (true)
        {
            WakeParked(now);
            if (_open.Count == 0) return -1;
            int candidate = _open.Peek;
            int lacking = FirstLacking(candidate, now);
            if (lacking >= 0)
            {
                Park(candidate, lacking, now);
                continue;
            }
            foreach (var use in _plan.Classes[candidate]) _limits[use.Limit].Reserve(use.Units);
            int step = _steps[candidate].Pop();
            Count--;
            if (_steps[candidate].Count == 0) Leave(candidate);
            else _open.Update(candidate, _steps[candidate].PeekKey);
            return step;
        }
    }

    /// <summary>A step that was taken from a queue now makes its call.</summary>
    public void Spend(int ofClass, long now)
    {
        foreach (var use in _plan.Classes[ofClass])
        {
            if (!_limits[use.Limit].IsRate) continue;
            _limits[use.Limit].Spend(use.Units, now);
            Wake(use.Limit);
        }
    }

    /// <summary>Gives back what a step of a class held while it was at work.</summary>
    public void Release(int ofClass)
    {
        foreach (var use in _plan.Classes[ofClass])
        {
            _limits[use.Limit].Release(use.Units);
            Wake(use.Limit);
        }
    }

    /// <summary>The other side asked to slow down: the rates of a class give nothing before a time.</summary>
    public void HoldBack(int ofClass, long until)
    {
        foreach (var use in _plan.Classes[ofClass])
        {
            if (!_limits[use.Limit].IsRate) continue;
            _limits[use.Limit].EmptyUntil(until);
            Wake(use.Limit);
        }
    }

    /// <summary>Starts all rates from an empty bucket.</summary>
    public void EmptyRates(long now)
    {
        foreach (var limit in _limits) limit.EmptyUntil(now);
    }

    private void WakeParked(long now)
    {
        while (_refills.Count > 0 && _refills.PeekKey <= now) Wake(_refills.Pop());
        for (int i = 0; i < _woken.Count; i++)
        {
            int limit = _woken[i];
            bool settled = _parked[limit].Count == 0;
            if (!settled)
            {
                int first = _parked[limit].Peek;
                // Something more urgent that is already open goes first; this limit stays woken.
                if (_open.Count > 0 && _open.PeekKey < _parked[limit].PeekKey) continue;
                if (_limits[limit].Has(UnitsOf(first, limit), now)) MoveTo(first, Open);
                else settled = true;
                if (settled) ScheduleRefill(limit, now);
            }
            if (!settled) continue;
            _isWoken[limit] = false;
            _woken[i--] = _woken[^1];
            _woken.RemoveAt(_woken.Count - 1);
        }
    }

    private int FirstLacking(int ofClass, long now)
    {
        long urgency = _steps[ofClass].PeekKey;
        foreach (var use in _plan.Classes[ofClass])
        {
            var parked = _parked[use.Limit];
            if (!_limits[use.Limit].Has(use.Units, now) || (parked.Count > 0 && parked.PeekKey < urgency)) return use.Limit;
        }
        return -1;
    }

    private void Park(int ofClass, int limit, long now)
    {
        MoveTo(ofClass, limit);
        if (!_limits[limit].Has(UnitsOf(_parked[limit].Peek, limit), now)) ScheduleRefill(limit, now);
        else Wake(limit);
    }

    private void ScheduleRefill(int limit, long now)
    {
        if (_limits[limit].IsRate) _refills.Set(limit, _limits[limit].AvailableAt(UnitsOf(_parked[limit].Peek, limit), now));
    }

    private void Wake(int limit)
    {
        if (_isWoken[limit]) return;
        _isWoken[limit] = true;
        _woken.Add(limit);
    }

    private int UnitsOf(int ofClass, int limit)
    {
        foreach (var use in _plan.Classes[ofClass])
            if (use.Limit == limit) return use.Units;
        return 0;
    }

    private void MoveTo(int ofClass, int home)
    {
        Leave(ofClass);
        _home[ofClass] = home;
        (home == Open ? _open : _parked[home]).Push(ofClass, _steps[ofClass].PeekKey);
    }

    private void Leave(int ofClass)
    {
        int home = _home[ofClass];
        if (home == Nowhere) return;
        (home == Open ? _open : _parked[home]).Remove(ofClass);
        _home[ofClass] = Nowhere;
        // What stands behind it there may not lack anything.
        if (home >= 0 && _parked[home].Count > 0) Wake(home);
    }
}
