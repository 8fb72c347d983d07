using Headroom.Metrics.PromQL.Evaluation;
using Headroom.Metrics.PromQL.Output;
using Headroom.Metrics.PromQL.Syntax;

namespace Headroom.Metrics.PromQL.Aggregations;

/// <summary>
/// <c>topk</c>, <c>bottomk</c>, <c>limitk</c> and <c>limit_ratio</c>: some of the elements of each group, as they are,
/// chosen anew at each step.
/// </summary>
internal sealed class Selection(Evaluator evaluator, AggregateExpr expr)
{
    private readonly QueryContext _context = evaluator.Context;
    private readonly int _steps = evaluator.Steps.Count;

    private sealed record Member(Series Series, Column Column, bool[] Had, double Ratio);

    public Vector Apply(Vector inner)
    {
        var parameter = evaluator.Scalar(expr.Parameter!);
        var limits = Limits(parameter);
        var groups = new Dictionary<Labels, List<Member>>();
        var order = new List<List<Member>>();
        foreach (var series in inner.Series)
        {
            _context.Check();
            if (series.Take() is not { } column) continue;
            var key = Evaluator.GroupKey(expr, series.Labels);
            if (!groups.TryGetValue(key, out var members))
            {
                groups.Add(key, members = []);
                order.Add(members);
            }
            // Presence is moved aside; what is chosen is marked present again.
            bool[] had = column.Has[..column.Length];
            column.Has.AsSpan(0, column.Length).Clear();
            members.Add(new Member(series, column, had, expr.Op == TokenKind.LimitRatio ? LabelHash.Ratio(series.Labels) : 0));
        }

        var ranked = new List<Series>();
        foreach (var members in order)
        {
            var chosen = new Ranking(expr.Op == TokenKind.BottomK);
            for (int step = 0; step < _steps; step++)
            {
                if ((step & 255) == 255) _context.CheckNow();
                switch (expr.Op)
                {
                    case TokenKind.LimitRatio: ChooseRatio(members, step, limits[step]); break;
                    case TokenKind.LimitK: ChooseFirst(members, step, limits[step]); break;
                    default: ChooseExtremes(members, step, limits[step], chosen); break;
                }
            }
            // At a single instant the order is part of the answer.
            bool byRank = _steps == 1 && expr.Op is TokenKind.TopK or TokenKind.BottomK;
            IEnumerable<Member> inOrder = byRank ? chosen.InOrder().Select(i => members[i]) : members;
            foreach (var member in inOrder)
            {
                if (member.Column.IsEmpty) _context.Return(member.Column);
                else ranked.Add(new ReadySeries(member.Series.Labels, member.Column, member.Series.NamePending));
            }
        }
        return new Vector(ranked, Ordered: _steps == 1);
    }

    private double[] Limits(Scalar parameter)
    {
        var limits = new double[_steps];
        for (int i = 0; i < _steps; i++)
        {
            double limit = parameter[i];
            if (expr.Op == TokenKind.LimitRatio)
            {
                if (double.IsNaN(limit)) throw QueryContext.Failed("Ratio value is NaN");
                double capped = Math.Clamp(limit, -1, 1);
                if (capped != limit) _context.Annotations.RatioOutOfRange(limit, capped, expr.Parameter!.Span);
                limits[i] = capped;
                continue;
            }
            if (double.IsNaN(limit)) throw QueryContext.Failed("Parameter value is NaN");
            if (limit >= 9.223372036854775807e18) throw QueryContext.Failed($"Scalar value {GoFloat.General(limit)} overflows int64");
            if (limit <= -9.223372036854775808e18) throw QueryContext.Failed($"Scalar value {GoFloat.General(limit)} underflows int64");
            limits[i] = Math.Truncate(limit);
        }
        return limits;
    }

    private static bool Had(Member member, int step) =>
        (uint)(step - member.Column.Start) < (uint)member.Column.Length && member.Had[step - member.Column.Start];

    private static void Keep(Member member, int step) => member.Column.Has[step - member.Column.Start] = true;

    private static void ChooseFirst(List<Member> members, int step, double k)
    {
        foreach (var member in members)
        {
            if (k < 1) return;
            if (!Had(member, step)) continue;
            Keep(member, step);
            k--;
        }
    }

    private static void ChooseRatio(List<Member> members, int step, double ratio)
    {
        foreach (var member in members)
            if (Had(member, step) && (ratio >= 0 ? member.Ratio < ratio : member.Ratio >= 1 + ratio)) Keep(member, step);
    }

    private void ChooseExtremes(List<Member> members, int step, double k, Ranking chosen)
    {
        chosen.Clear((int)Math.Clamp(k, 0, members.Count));
        for (int i = 0; i < members.Count; i++)
        {
            var member = members[i];
            if (!Had(member, step)) continue;
            if (member.Column.HistogramAt(step) is not null)
            {
                _context.Annotations.HistogramIgnoredInAggregation(Operators.Spell(expr.Op), expr.Inner.Span);
                continue;
            }
            chosen.Offer(member.Column.ValueAt(step), i);
        }
        foreach (int i in chosen.Chosen) Keep(members[i], step);
    }
}

/// <summary>The k largest (or smallest) of the values offered; NaN only for want of others, the earlier of equals first.</summary>
internal sealed class Ranking(bool smallest)
{
    // A heap with the value that is next to go on top.
    private (double Value, int Index)[] _heap = [];
    private int _count;
    private int _limit;

    public void Clear(int limit)
    {
        _limit = limit;
        _count = 0;
        if (_heap.Length < limit) _heap = new (double, int)[limit];
    }

    public IEnumerable<int> Chosen => _heap.Take(_count).Select(e => e.Index);

    /// <summary>Indexes of what was chosen, best first.</summary>
    public IEnumerable<int> InOrder()
    {
        var sorted = _heap[.._count];
        Array.Sort(sorted, (a, b) => Worse(a, b) ? 1 : Worse(b, a) ? -1 : 0);
        return sorted.Select(e => e.Index);
    }

    public void Offer(double value, int index)
    {
        var entry = (value, index);
        if (_count < _limit)
        {
            int at = _count++;
            while (at > 0 && Worse(entry, _heap[(at - 1) / 2]))
            {
                _heap[at] = _heap[(at - 1) / 2];
                at = (at - 1) / 2;
            }
            _heap[at] = entry;
            return;
        }
        if (_limit == 0 || !Worse(_heap[0], entry)) return;
        int hole = 0;
        while (true)
        {
            int child = (2 * hole) + 1;
            if (child >= _count) break;
            if (child + 1 < _count && Worse(_heap[child + 1], _heap[child])) child++;
            if (!Worse(_heap[child], entry)) break;
            _heap[hole] = _heap[child];
            hole = child;
        }
        _heap[hole] = entry;
    }

    private bool Worse((double Value, int Index) a, (double Value, int Index) b)
    {
        bool aNaN = double.IsNaN(a.Value), bNaN = double.IsNaN(b.Value);
        if (aNaN != bNaN) return aNaN;
        if (aNaN || a.Value == b.Value) return a.Index > b.Index;
        return smallest ? a.Value > b.Value : a.Value < b.Value;
    }
}
