namespace Orchestrator.Validation.Results;

/// <summary>Money as integers: a micro-dollar is a millionth of a US dollar.</summary>
public static class MicroUsd
{
    private const decimal PerDollar = 1_000_000m;

    /// <summary>Dollars for people and documents, without trailing zeros.</summary>
    public static decimal ToUsd(long microUsd) => microUsd / PerDollar;

    /// <summary>Micro-dollars of a sum, rounded up: a cap is never lost in rounding, a reservation never too small.</summary>
    /// <exception cref="OverflowException">More than 9 million million dollars.</exception>
    public static long FromUsd(decimal usd) => (long)decimal.Ceiling(usd * PerDollar);
}
