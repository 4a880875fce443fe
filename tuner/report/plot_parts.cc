#include "report/plot_parts.h"

namespace tuner {

Markup figure(std::string_view of_class, std::string_view title, const Markup& inner) {
  return element("figure", of_class, element("figcaption", plain(title)) + inner) + ours("\n");
}

Markup plot_row(const Markup& label, const Markup& image, const Markup& value) {
  return element("li", element("span", "what", label) + image + element("span", "value", value)) +
         ours("\n");
}

double log2_of(double value) {
  double whole = 0;
  for (; value >= 2; value /= 2) ++whole;
  double bit = 1;
  for (int i = 0; i < 12; ++i) {
    // Squaring doubles the logarithm, so each step yields the next binary digit of it.
    value *= value;
    bit /= 2;
    if (value < 2) continue;
    whole += bit;
    value /= 2;
  }
  return whole;
}

Markup key(std::string_view of_class, std::string_view words, Thickness thickness) {
  return element("li", Markup{"<svg class=\"key\" aria-hidden=\"true\">"} +
                           block(0, 1, of_class, words, thickness) + ours("</svg> ") +
                           plain(words));
}

}  // namespace tuner
