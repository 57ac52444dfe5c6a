using Streaming.Abstractions.Learning;

namespace Streaming.Operators.Models;

/// <summary>A recommender that can leave out of ranks and lists the items that may not be offered at the time of the event.</summary>
public interface IOfferedItems
{
    /// <summary>
    /// Has ranks and lists keep to what <paramref name="catalogue"/> lets be offered at their examples' <see cref="Example.Time"/>. The example's own item is ranked in any case, among those that are offered. To be
    /// called before anything else; not at all means that everything is offered.
    /// </summary>
    void Offer(ItemCatalogue catalogue);
}
