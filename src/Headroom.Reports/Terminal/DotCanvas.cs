using Headroom.Reports.Charts;

namespace Headroom.Reports.Terminal;

/// <summary>
/// A grid of characters, each made of dots that lines are traced through. A character shows the series that last
/// touched it.
/// </summary>
internal sealed class DotCanvas(int width, int height, int across, int down)
{
    private readonly (byte Pattern, int Series)[,] _cells = Fresh(width, height);

    public int Width => width;

    public int Height => height;

    /// <summary>Dots from left to right.</summary>
    public int Columns => width * across;

    /// <summary>Dots from top to bottom.</summary>
    public int Lines => height * down;

    /// <summary>The braille pattern of a character and its series, or -1 where nothing was traced.</summary>
    public (byte Pattern, int Series) this[int column, int row] => _cells[column, row];

    /// <summary>Traces a run of places given in dots.</summary>
    public void Trace(List<Pixel> run, int series)
    {
        for (int i = 0; i < run.Count; i++)
        {
            var (from, to) = (run[Math.Max(0, i - 1)], run[i]);
            int steps = Math.Max(1, (int)Math.Ceiling(Math.Max(Math.Abs(to.X - from.X), Math.Abs(to.Y - from.Y))));
            for (int step = 0; step <= steps; step++)
                Dot((int)Math.Round(from.X + ((to.X - from.X) * step / steps)), (int)Math.Round(from.Y + ((to.Y - from.Y) * step / steps)), series);
        }
    }

    private void Dot(int x, int y, int series)
    {
        if (x < 0 || y < 0 || x >= Columns || y >= Lines) return;
        ref var cell = ref _cells[x / across, y / down];
        // Unicode numbers braille dots down the left column, then the right, with the fourth row added later.
        int bit = (x % across, y % down) switch { (0, 3) => 6, (1, 3) => 7, (0, var row) => row, (_, var row) => row + 3 };
        cell = ((byte)((cell.Series == series ? cell.Pattern : 0) | (1 << bit)), series);
    }

    private static (byte Pattern, int Series)[,] Fresh(int width, int height)
    {
        var cells = new (byte, int)[width, height];
        for (int x = 0; x < width; x++)
            for (int y = 0; y < height; y++)
                cells[x, y] = (0, -1);
        return cells;
    }
}
