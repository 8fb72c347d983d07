using Headroom.Resilience.CircuitBreaking;

namespace Headroom.Resilience.Tests.CircuitBreaking;

public sealed class CircuitExhaustiveTests
{
    private const int Length = 7;

    // Small numbers bring every state within reach of a short sequence.
    private static readonly AdaptiveCircuitBreakerOptions s_options = new()
    {
        LowTrafficFailures = 2,
        NormalTrafficFailures = 3,
        HighTrafficFailures = 4,
        LowTrafficBelow = 3,
        HighTrafficAbove = 5,
        MinimumCalls = 4,
        FailureRatio = 0.6,
        Window = TimeSpan.FromHours(1),
        BreakDuration = TimeSpan.FromSeconds(2),
        MaxBreakDuration = TimeSpan.FromSeconds(6),
        SuccessThreshold = 2,
        BreakJitter = 0,
    };

    [Fact]
    public void Every_sequence_of_seven_events_gives_the_states_of_the_plain_model()
    {
        int sequences = (int)Math.Pow(7, Length);
        for (int sequence = 0; sequence < sequences; sequence++)
        {
            var circuit = new CircuitStateMachine(s_options, 1000);
            var model = new CircuitModel(s_options);
            long now = 0;
            int rest = sequence;
            for (int i = 0; i < Length; i++, rest /= 7)
            {
                switch (rest % 7)
                {
                    case 0 or 1 or 2:
                        var outcome = (CallOutcome)(rest % 7);
                        bool entered = circuit.TryEnter(now, out CircuitTicket ticket, out _);
                        if (entered) circuit.Record(ticket, outcome, now);
                        if (entered != model.Call(outcome, now / 1000.0)) Fail(sequence, i);
                        break;
                    case 3:
                        now += 300;
                        break;
                    case 4:
                        now += 2000;
                        break;
                    case 5:
                        circuit.Isolate();
                        model.Isolate();
                        break;
                    default:
                        circuit.Close();
                        model.Close();
                        break;
                }

                if (circuit.State != model.State) Fail(sequence, i);
            }
        }
    }

    private static void Fail(int sequence, int step)
    {
        int[] events = [.. Enumerable.Range(0, step + 1).Select(i => sequence / (int)Math.Pow(7, i) % 7)];
        Assert.Fail($"The circuit and the model part ways after events {string.Join(", ", events)}.");
    }
}
