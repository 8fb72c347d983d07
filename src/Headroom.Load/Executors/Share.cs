namespace Headroom.Load.Executors;

/// <summary>
/// The part of a run that one worker does: of everything numbered from 0, what leaves the rest <paramref name="Index"/>
/// when divided by <paramref name="Count"/>. All shares together are the whole, each thing once, in any number of workers.
/// </summary>
/// <param name="Index">From 0.</param>
/// <param name="Count">How many workers there are.</param>
internal readonly record struct Share(int Index, int Count)
{
    /// <summary>Everything.</summary>
    public static readonly Share Whole = new(0, 1);

    /// <summary>How many of the first <paramref name="total"/> things are in this share.</summary>
    public int Of(int total) => total <= Index ? 0 : (total - Index - 1) / Count + 1;

    /// <summary>The number that this share's <paramref name="nth"/> thing has in the whole.</summary>
    public int Global(int nth) => Index + nth * Count;
}
