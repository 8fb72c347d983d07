using Headroom.Cli.Demo;

namespace Headroom.EndToEnd.Tests.Demo;

public sealed class DemoTimelineTests
{
    [Fact]
    public void A_chart_begins_where_its_range_holds_only_slots_that_traffic_filled_and_shows_ten_seconds_before_the_change()
    {
        var random = new Random(11);
        for (int i = 0; i < 1_000; i++)
        {
            var timeline = DemoTimeline.From(DateTimeOffset.UnixEpoch.AddMilliseconds(1_700_000_000_000 + random.Next(100_000)));
            // The slot that ends at Complete began after the traffic did.
            Assert.True(timeline.Complete - TimeSpan.FromSeconds(10) >= timeline.Start);
            Assert.True(timeline.Change - timeline.Complete >= TimeSpan.FromSeconds(10));
            Assert.Equal(0, timeline.Complete.ToUnixTimeMilliseconds() % 10_000);
            Assert.InRange((timeline.End - timeline.Start).TotalSeconds, 35, 45);
        }
    }
}
