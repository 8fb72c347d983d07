namespace Headroom.Runs;

/// <summary>
/// A binary heap of small integers with the least key first, whose items can be moved or removed in O(log n). Where each
/// item stands is kept in an array that several heaps share, as long as an item is in at most one of them.
/// </summary>
internal sealed class IndexedHeap(int[] positions)
{
    private (long Key, int Item)[] _heap = new (long, int)[4];

    public int Count { get; private set; }

    public int Peek => _heap[0].Item;

    public long PeekKey => _heap[0].Key;

    /// <summary>An array for the positions of items 0…n−1, none of them in a heap.</summary>
    public static int[] Positions(int n)
    {
        var positions = new int[n];
        Array.Fill(positions, -1);
        return positions;
    }

    public void Push(int item, long key)
    {
        if (Count == _heap.Length) Array.Resize(ref _heap, Count * 2);
        Up(Count++, (key, item));
    }

    public int Pop()
    {
        int item = _heap[0].Item;
        Remove(item);
        return item;
    }

    public void Remove(int item)
    {
        int at = positions[item];
        positions[item] = -1;
        var last = _heap[--Count];
        if (at != Count) Place(at, last);
    }

    /// <summary>Changes an item's key.</summary>
    public void Update(int item, long key) => Place(positions[item], (key, item));

    /// <summary>Adds an item, or changes its key when it is there. Only for a heap that shares its positions with no other.</summary>
    public void Set(int item, long key)
    {
        if (positions[item] < 0) Push(item, key);
        else Update(item, key);
    }

    /// <summary>Removes an item if it is there. Only for a heap that shares its positions with no other.</summary>
    public void Clear(int item)
    {
        if (positions[item] >= 0) Remove(item);
    }

    private void Place(int at, (long Key, int Item) entry)
    {
        if (at > 0 && Less(entry, _heap[(at - 1) / 2])) Up(at, entry);
        else Down(at, entry);
    }

    private void Up(int at, (long Key, int Item) entry)
    {
        while (at > 0)
        {
            int parent = (at - 1) / 2;
            if (!Less(entry, _heap[parent])) break;
            Put(at, _heap[parent]);
            at = parent;
        }
        Put(at, entry);
    }

    private void Down(int at, (long Key, int Item) entry)
    {
        while (true)
        {
            int child = 2 * at + 1;
            if (child >= Count) break;
            if (child + 1 < Count && Less(_heap[child + 1], _heap[child])) child++;
            if (!Less(_heap[child], entry)) break;
            Put(at, _heap[child]);
            at = child;
        }
        Put(at, entry);
    }

    private void Put(int at, (long Key, int Item) entry)
    {
        _heap[at] = entry;
        positions[entry.Item] = at;
    }

    // Equal keys are ordered by item, so that the same events give the same run everywhere.
    private static bool Less((long Key, int Item) a, (long Key, int Item) b) =>
        a.Key != b.Key ? a.Key < b.Key : a.Item < b.Item;
}
