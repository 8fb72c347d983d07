namespace Headroom.Objectives.Forecasting;

/// <summary>One way to continue a series.</summary>
internal interface IForecastModel
{
    /// <summary>What it is called where a forecast is explained.</summary>
    string Name { get; }

    /// <summary>Fits what needs fitting. Called with the oldest history of a back-test and with the whole, never with what is to be forecast.</summary>
    void Fit(ReadOnlySpan<double> history);

    /// <summary>Continues a history of finite values.</summary>
    /// <param name="history">In time order, of equal steps.</param>
    /// <param name="into">The values after it.</param>
    void Continue(ReadOnlySpan<double> history, Span<double> into);
}
