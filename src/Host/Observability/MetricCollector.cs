using System.Diagnostics.Metrics;
using System.Text;

namespace Streaming.Host.Observability;

/// <summary>Reads the observable instruments of one meter when it is asked to, and writes what they say.</summary>
/// <remarks>Safe from any thread; one collection at a time.</remarks>
internal sealed class MetricCollector : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly List<MetricFamily> _families = [];
    private readonly Lock _gate = new();

    /// <summary>A collector that listens to <paramref name="meter"/> and to no other, whatever its name.</summary>
    public MetricCollector(Meter meter)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (!ReferenceEquals(instrument.Meter, meter) || !instrument.IsObservable) return;
            MetricFamily family = new(instrument);
            _families.Add(family);
            listener.EnableMeasurementEvents(instrument, family);
        };
        _listener.SetMeasurementEventCallback<long>((_, value, labels, family) => ((MetricFamily)family!).Add(value, labels));
        _listener.SetMeasurementEventCallback<double>((_, value, labels, family) => ((MetricFamily)family!).Add(value, labels));
        _listener.Start();
        _families.Sort((a, b) => string.CompareOrdinal(a.Name, b.Name));
    }

    /// <summary>Everything as it is now, families by name.</summary>
    public string Collect(ExpositionFormat format)
    {
        lock (_gate)
        {
            foreach (MetricFamily family in _families) family.Clear();
            _listener.RecordObservableInstruments();
            StringBuilder text = new();
            foreach (MetricFamily family in _families) family.Write(text, format);
            return format == ExpositionFormat.OpenMetrics ? text.Append("# EOF\n").ToString() : text.ToString();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();
}
