namespace Headroom.Simulation.Tests;

/// <summary>The simulation must notice a planted bug, and say which promise it breaks.</summary>
public sealed class MutationTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(nameof(Mutation.ActBeforeIntentIsDurable), nameof(Invariant.IntentBeforeEffect))]
    [InlineData(nameof(Mutation.AcknowledgeBeforeSync), nameof(Invariant.IntentBeforeEffect))]
    [InlineData(nameof(Mutation.TakeInterruptedForNotDone), nameof(Invariant.NothingAppliedTwice))]
    [InlineData(nameof(Mutation.LookBeforeSettled), nameof(Invariant.NothingAppliedTwice))]
    [InlineData(nameof(Mutation.TakeInterruptedForDone), nameof(Invariant.NoEffectLost))]
    [InlineData(nameof(Mutation.ForgetANeed), nameof(Invariant.DependenciesRespected))]
    [InlineData(nameof(Mutation.LooserLimits), nameof(Invariant.LimitsRespected))]
    [InlineData(nameof(Mutation.ShorterWaits), nameof(Invariant.WaitsKept))]
    [InlineData(nameof(Mutation.LoseLastRecordAtRestart), nameof(Invariant.NothingRecordedLost))]
    [InlineData(nameof(Mutation.RecordOutcomeTwice), nameof(Invariant.OneRecordedOutcome))]
    [InlineData(nameof(Mutation.RollbackSkipsUnfinished), nameof(Invariant.RollbackLeavesNothing))]
    [InlineData(nameof(Mutation.RollbackInAnyOrder), nameof(Invariant.RollbackInOrder))]
    [InlineData(nameof(Mutation.LoseAnswers), nameof(Invariant.EveryRunEnds))]
    public void A_planted_bug_is_caught(string mutation, string invariant)
    {
        var planted = Enum.Parse<Mutation>(mutation);
        var expected = Enum.Parse<Invariant>(invariant);
        for (int seed = 1; seed <= 1_000; seed++)
        {
            try
            {
                Simulation.Run(seed, planted);
            }
            catch (InvariantBroken e) when (e.Invariant == expected)
            {
                output.WriteLine($"seed {seed}: {e.Message}");
                return;
            }
            catch (Exception e) when (e is InvariantBroken or InvalidDataException or InvalidOperationException)
            {
                // A bug may break another promise first.
            }
        }
        Assert.Fail($"{mutation} did not break {invariant} in 1,000 seeds");
    }

    [Fact]
    public void Every_invariant_has_a_bug_that_breaks_it()
    {
        var covered = typeof(MutationTests).GetMethod(nameof(A_planted_bug_is_caught))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false).Cast<InlineDataAttribute>()
            .Select(data => Enum.Parse<Invariant>((string)data.Data[1]!));
        Assert.Empty(Enum.GetValues<Invariant>().Except(covered));
    }
}
