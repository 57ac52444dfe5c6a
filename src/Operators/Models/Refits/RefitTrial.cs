using Streaming.Abstractions.State;

namespace Streaming.Operators.Models.Refits;

/// <summary>
/// Mean losses of a model and a candidate on the same events, and the variance of their difference (Welford 1962, "Note on a method for calculating corrected sums of squares and products").
/// </summary>
/// <remarks>A loss of 1e100 or more, or one that is no number, leaves its event out. O(1). A value type: one caller at a time.</remarks>
internal struct RefitTrial
{
    private const double Most = 1e100;

    private long _judged;
    private double _difference;
    private double _squares;

    /// <summary>Events, judged or left out.</summary>
    public long Events { get; private set; }

    /// <summary>Mean loss of the model.</summary>
    public double Live { get; private set; }

    /// <summary>Mean loss of the candidate.</summary>
    public double Candidate { get; private set; }

    /// <summary>Takes the losses of both on an event.</summary>
    public void Add(double live, double candidate)
    {
        Events++;
        if (!(Math.Abs(live) < Most) || !(Math.Abs(candidate) < Most)) return;
        _judged++;
        Live += (live - Live) / _judged;
        Candidate += (candidate - Candidate) / _judged;
        double difference = live - candidate, off = difference - _difference;
        _difference += off / _judged;
        _squares += off * (difference - _difference);
    }

    /// <summary>Whether the candidate's loss is lower by more than so many standard errors of the difference.</summary>
    public readonly bool IsWon(double margin) =>
        _judged > 1 && _difference > 0 && _difference > margin * Math.Sqrt(_squares / ((double)_judged * (_judged - 1)));

    /// <summary>Writes the state.</summary>
    public readonly void Save(ref StateWriter writer)
    {
        writer.Write(Events);
        writer.Write(_judged);
        writer.Write(Live);
        writer.Write(Candidate);
        writer.Write(_difference);
        writer.Write(_squares);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        (Events, _judged) = (reader.ReadCount(), reader.ReadCount());
        (Live, Candidate, _difference, _squares) = (reader.ReadFinite(), reader.ReadFinite(), reader.ReadFinite(), reader.ReadFinite());
        if (_judged > Events || _squares < 0) throw new StateMismatchException($"The snapshot has {_judged} events judged of {Events}, with squares that sum up to {_squares}.");
    }
}
