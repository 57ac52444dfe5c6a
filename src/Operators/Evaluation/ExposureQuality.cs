using System.Runtime.InteropServices;
using Streaming.Abstractions.Keys;
using Streaming.Abstractions.State;
using Streaming.Operators.Numerics;

namespace Streaming.Operators.Evaluation;

/// <summary>
/// What lists show of the items known: coverage, the share that is shown at all; novelty, the mean of -log2 of a shown item's share of all events (Zhou et al. 2010, "Solving the
/// apparent diversity-accuracy dilemma of recommender systems", equation 4); and the Gini coefficient of how often each known item is shown (Fleder, Hosanagar 2009). Over all lists,
/// over the last ones, and with fading memory, where an item counts for coverage what its last list still weighs.
/// </summary>
/// <remarks>
/// O(k) a list, O(1) an event; coverage with fading memory and Gini O(items log items) when they are asked for. An item that comes when there is no room is left out and counted, and
/// no measure is known from then on. One caller at a time. State: counts, novelty, the window, the items; what is large by another thread.
/// </remarks>
internal sealed class ExposureQuality : IDisposable
{
    private const double MostNovelty = 63; // bits: there are fewer than 2^63 events

    private readonly int _k;
    private readonly double _fading;
    private readonly EntityTable _items;
    private readonly RowValues<ItemExposure> _exposures;
    private readonly ShownLists _window;
    private readonly SimilarityMean _novelty;
    private readonly int[] _rows;
    private long _events;
    private long _shown;

    /// <summary>A quality of no lists.</summary>
    public ExposureQuality(ExposureOptions options)
    {
        (_k, _fading) = (options.K, options.Fading);
        _items = new EntityTable(options.Items);
        _exposures = new RowValues<ItemExposure>(_items);
        _window = new ShownLists(options.Window, options.K, options.Items);
        _novelty = new SimilarityMean(options.Window, options.Fading, MostNovelty);
        _rows = new int[options.K];
    }

    /// <summary>Lists taken.</summary>
    public long Lists { get; private set; }

    /// <summary>Items known.</summary>
    public int Items => _items.Count;

    /// <summary>Items there was no room for, each time they came.</summary>
    public long LeftOut { get; private set; }

    /// <summary>Share of the items known that lists have shown; NaN before the first list.</summary>
    public double Coverage => Known(_shown / (double)_items.Count);

    /// <summary>The same of the lists in the window.</summary>
    public double WindowCoverage => Known(_window.Distinct / (double)_items.Count);

    /// <summary>The same with fading memory. O(items).</summary>
    public double FadingCoverage
    {
        get
        {
            double sum = 0;
            for (int row = 0; row < _items.Count; row++)
            {
                if (_exposures[row].Last > 0) sum += Power(_fading, Lists - _exposures[row].Last);
            }

            return Known(sum / _items.Count);
        }
    }

    /// <summary>Mean novelty in bits; NaN before the first list, and where a list had an item without events.</summary>
    public double Novelty => Known(_novelty.Mean);

    /// <summary>The same over the window.</summary>
    public double WindowNovelty => Known(_novelty.WindowMean);

    /// <summary>The same with fading memory.</summary>
    public double FadingNovelty => Known(_novelty.FadingMean);

    /// <summary>Gini coefficient of how often each item known was shown. O(items log items).</summary>
    public double Gini => GiniOf(row => _exposures[row].Shown);

    /// <summary>The same over the window.</summary>
    public double WindowGini => GiniOf(row => _window.Times(row));

    /// <summary>The same with fading memory.</summary>
    public double FadingGini => GiniOf(row => _exposures[row].Last == 0 ? 0 : _exposures[row].Faded * Power(_fading, Lists - _exposures[row].Last));

    /// <summary>Most bytes with these options.</summary>
    public static long BytesFor(ExposureOptions options) =>
        EntityTable.BytesFor(options.Items) + RowValues<ItemExposure>.BytesFor(options.Items) + ShownLists.BytesFor(options.Window, options.K, options.Items)
        + SimilarityMean.BytesFor(options.Window) + (4L * options.K) + 512;

    /// <summary>Takes the list that an event's user would be shown; gives its novelty.</summary>
    public double Show(ReadOnlySpan<ulong> list)
    {
        Lists++;
        int shown = 0;
        double novelty = 0;
        foreach (ulong item in list)
        {
            int row = RowOf(item);
            if (row < 0) continue;
            ItemExposure exposure = _exposures[row];
            novelty -= Math.Log2(exposure.Events / (double)_events);
            if (exposure.Shown++ == 0) _shown++;
            exposure.Faded = (exposure.Last == 0 ? 0 : exposure.Faded * Power(_fading, Lists - exposure.Last)) + 1;
            exposure.Last = Lists;
            _exposures[row] = exposure;
            _rows[shown++] = row;
        }

        _window.Add(_rows.AsSpan(0, shown));
        double mean = novelty / list.Length;
        mean = shown == list.Length && double.IsFinite(mean) ? Math.Max(mean, 0) : double.NaN;
        _novelty.Add(mean);
        return mean;
    }

    /// <summary>Counts an event of an item.</summary>
    public void Count(ulong item)
    {
        int row = RowOf(item);
        if (row < 0) return;
        _events++;
        ItemExposure exposure = _exposures[row];
        exposure.Events++;
        _exposures[row] = exposure;
    }

    /// <summary>Writes the state.</summary>
    public void Save(ref StateWriter writer)
    {
        writer.Shape("K", _k);
        writer.Shape("Items", _items.Capacity);
        writer.Write(Lists);
        writer.Write(LeftOut);
        _novelty.Save(ref writer);
        _items.Save(ref writer);
        _exposures.Save(ref writer);
        _window.Save(ref writer);
    }

    /// <summary>Becomes what was saved.</summary>
    public void Restore(ref StateReader reader)
    {
        reader.Shape("K", _k);
        reader.Shape("Items", _items.Capacity);
        Lists = reader.ReadCount();
        LeftOut = reader.ReadCount();
        _novelty.Restore(ref reader);
        _items.Restore(ref reader);
        _exposures.Restore(ref reader);
        if (_novelty.Count != Lists || _items.Evictions > 0) throw new StateMismatchException($"The snapshot has the novelty of {_novelty.Count} lists of {Lists}.");
        for (int row = 0; row < _items.Count; row++)
        {
            ItemExposure exposure = _exposures[row];
            if (exposure.Events is < 0 or > 1L << 62 || exposure.Shown < 0 || exposure.Shown > Lists || exposure.Last < exposure.Shown || exposure.Last > Lists
                || !(exposure.Faded >= 0 && exposure.Faded <= exposure.Shown))
                throw new StateMismatchException($"The snapshot has an item shown {exposure.Shown} times in {Lists} lists, last in {exposure.Last}.");
            _events += exposure.Events;
            if (exposure.Shown > 0) _shown++;
        }

        if (_events is < 0 or > 1L << 62) throw new StateMismatchException($"The snapshot has {_events} events.");
        _window.Restore(ref reader, _items.Count);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _items.Dispose();
        _exposures.Dispose();
        _window.Dispose();
    }

    private static double Power(double factor, long exponent)
    {
        double power = 1;
        for (; exponent > 0 && power > 0; exponent >>= 1, factor *= factor)
        {
            if ((exponent & 1) != 0) power *= factor;
        }

        return power;
    }

    private double Known(double value) => LeftOut == 0 && Lists > 0 ? value : double.NaN;

    private int RowOf(ulong item)
    {
        int row = _items.Find(item);
        if (row >= 0 || item == EntityKeyCodec.None) return row;
        if (_items.Count < _items.Capacity) return _items.FindOrAdd(item, out _);
        LeftOut++;
        return -1;
    }

    private double GiniOf(Func<int, double> times)
    {
        if (LeftOut > 0 || Lists == 0) return double.NaN;
        List<double> parts = [];
        for (int row = 0; row < _items.Count; row++)
        {
            if (times(row) is > 0 and double part) parts.Add(part);
        }

        return Concentration.Gini(CollectionsMarshal.AsSpan(parts), _items.Count - parts.Count);
    }
}
