using System.Runtime.CompilerServices;
using System.Text;
using Headroom.Load.Extraction;
using Headroom.Load.Measurement;
using Headroom.Load.Transports;

namespace Headroom.Load.Engine;

/// <summary>What a user does in an iteration, step by step.</summary>
internal sealed partial class LoadWorker
{
    /// <summary>Starts an iteration.</summary>
    /// <param name="user">Who.</param>
    /// <param name="intended">When the plan meant it to start.</param>
    /// <param name="now">The time.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void BeginIteration(VirtualUser user, long intended, long now)
    {
        if (user.Iteration == 0)
            foreach (var (slot, value) in _context.Program.InitialValues)
                user.Values[slot] = _renderer.Value(value, user);
        user.Iteration++;
        user.ForgetRows();
        user.IsBusy = true;
        user.GivesUp = false;
        user.IterationBegan = intended;
        user.Flow = user.Run.Program.Choose(_random);
        user.Step = -1;
        NextStep(user, intended, now);
    }

    /// <summary>Ends an iteration in the middle; requests under way count as unanswered, with their age.</summary>
    public void Interrupt(VirtualUser user, long now)
    {
        foreach (var exchange in user.Exchanges)
        {
            if (!exchange.IsUnderWay) continue;
            _transport.Cancel(exchange);
            (exchange.Error, exchange.Status, exchange.Done) = (ErrorClass.Unanswered, 0, now);
            Record(exchange);
        }
        // What was given up may still be written to by another thread.
        user.Exchanges.Clear();
        user.Epoch++;
        user.IsBusy = false;
        user.Run.IterationEnded(user, now, interrupted: true);
    }

    /// <inheritdoc/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Completed(Exchange ended)
    {
        var exchange = (UserExchange)ended;
        var user = exchange.User;
        if (exchange.Error == ErrorClass.None && exchange.Program.WantsHead && _context.Program.Plan.Cookies) ReadCookies(exchange);
        if ((uint)(exchange.Status - 300) < 100 && _context.Program.Plan.MaxRedirects > 0 && Redirect(exchange)) return;
        Record(exchange);
        if (!exchange.Program.IsPlain) Examine(exchange);
        if (--user.Pending > 0) return;
        NextStep(user, exchange.Done, exchange.Done);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void NextStep(VirtualUser user, long intended, long now)
    {
        var steps = user.Flow!.Steps;
        if (++user.Step >= steps.Length || user.GivesUp)
        {
            user.IsBusy = false;
            if (user.IterationBegan >= _recordFrom)
            {
                _data.Iterations++;
                _data.IterationSeconds.Record((now - user.IterationBegan) * 1e-9);
            }
            user.Run.IterationEnded(user, now, interrupted: false);
            return;
        }
        var step = steps[user.Step];
        if (step.Requests.Length == 0)
        {
            long pause = step.ThinkMost == step.ThinkLeast ? step.ThinkLeast : _random.NextInt64(step.ThinkLeast, step.ThinkMost + 1);
            _timers.Enqueue((user, user.Epoch), now + pause);
            return;
        }
        user.Pending = step.Requests.Length;
        for (int i = 0; i < step.Requests.Length; i++) Send(user, i, step.Requests[i], intended, i == 0 ? now : _clock.Now);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Send(VirtualUser user, int place, RequestProgram request, long intended, long now)
    {
        if (place == user.Exchanges.Count) user.Exchanges.Add(new UserExchange(this, user));
        var exchange = user.Exchanges[place];
        exchange.Program = request;
        exchange.Redirects = 0;
        exchange.Intended = intended;
        exchange.Origin = request.Origin;
        exchange.IsHead = request.IsHead;
        exchange.IsRepeatable = request.IsRepeatable;
        exchange.CloseAfter = request.CloseAfter;
        exchange.WantsHead = request.WantsHead;
        exchange.WantsBody = request.WantsBody;
        exchange.Timeout = request.Timeout;
        if (request.Rendered is { } rendered && user.Cookies?.HasAny(request.Origin) != true)
        {
            (exchange.Request, exchange.RequestLength) = (rendered, rendered.Length);
        }
        else
        {
            _renderer.Render(request, user, ref exchange.Text);
            (exchange.Request, exchange.RequestLength) = (exchange.Text.Array, exchange.Text.Length);
        }
        Dispatch(exchange, now);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Dispatch(UserExchange exchange, long now)
    {
        if (exchange.Intended >= _recordFrom)
        {
            _data.Started++;
            _data.BytesSent += exchange.RequestLength;
        }
        _transport.Send(exchange, now);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Record(UserExchange exchange)
    {
        if (exchange.Intended < _recordFrom)
        {
            _data.WarmUpRequests++;
            return;
        }
        _data.BytesReceived += exchange.BytesReceived;
        double service = exchange.Sent < 0 ? double.NaN : (exchange.Done - exchange.Sent) * 1e-9;
        _data.Record(exchange.Program.Kind, OutcomeCode.Of(exchange.Status, exchange.Error), service, (exchange.Done - exchange.Intended) * 1e-9);
    }

    private void Examine(UserExchange exchange)
    {
        var program = exchange.Program;
        var answer = new Answer(exchange.Status, (exchange.Done - exchange.Intended) * 1e-9, exchange.Head.Span, exchange.Body.Span, exchange.BodyBytes);
        bool counts = exchange.Intended >= _recordFrom;
        foreach (var (index, condition) in program.Checks)
        {
            bool holds = exchange.Error == ErrorClass.None && condition.Holds(answer);
            if (counts) (holds ? _data.ChecksPassed : _data.ChecksFailed)[index]++;
        }
        if (counts)
            foreach (var (metric, record) in program.Records)
                _data.Custom[metric].Add(record.Holds is { } condition ? condition.Holds(answer) ? 1 : 0 : record.Value?.Number(answer) ?? record.Constant);
        foreach (var (variable, from) in program.Extracts)
        {
            string? value = exchange.Error == ErrorClass.None ? from.Find(answer) : null;
            // Later requests would be sent with a hole in them.
            if (value is null) exchange.User.GivesUp = true;
            exchange.User.Values[variable] = value is null ? null : Encoding.UTF8.GetBytes(value);
        }
    }

    private static void ReadCookies(UserExchange exchange)
    {
        if (exchange.Head.Span.IndexOf("ookie"u8) < 0 && exchange.User.Cookies is null) return;
        (exchange.User.Cookies ??= new CookieJar()).Read(exchange.Origin, exchange.Head.Span);
    }

    /// <summary>Follows a redirect; false when the answer is to be taken as it is.</summary>
    private bool Redirect(UserExchange exchange)
    {
        var answer = new Answer(exchange.Status, 0, exchange.Head.Span, default, 0);
        if (exchange.Status is not (301 or 302 or 303 or 307 or 308) || answer.Header("Location"u8) is not { } location) return false;
        var plan = _context.Program.Plan;
        if (++exchange.Redirects > plan.MaxRedirects || !RedirectTarget.TryResolve(plan.Origins, exchange.Origin, exchange.Request.AsSpan(0, exchange.RequestLength), location, out int origin, out string path))
        {
            exchange.Error = ErrorClass.Redirect;
            return false;
        }
        // Each hop is a request of its own, meant to be sent when the one before was answered.
        Record(exchange);
        byte[] request = RedirectTarget.Rewrite(exchange.Request.AsSpan(0, exchange.RequestLength), exchange.Status, plan.Origins[origin], origin == exchange.Origin, path);
        (exchange.Request, exchange.RequestLength, exchange.Origin, exchange.Intended) = (request, request.Length, origin, exchange.Done);
        exchange.IsHead = request.AsSpan().StartsWith("HEAD "u8);
        Dispatch(exchange, _clock.Now);
        return true;
    }
}
