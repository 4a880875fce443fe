#include "report/plot_parts.h"

namespace tuner {

Markup figure(std::string_view of_class, std::string_view title, const Markup& inner) {
  return element("figure", of_class, element("figcaption", plain(title)) + inner) + ours("\n");
}

Markup plot_row(const Markup& label, const Markup& image, const Markup& value) {
  return element("li", element("span", "what", label) + image + element("span", "value", value)) +
         ours("\n");
}

Markup key(std::string_view of_class, std::string_view words, Thickness thickness) {
  return element("li", Markup{"<svg class=\"key\" aria-hidden=\"true\">"} +
                           block(0, 1, of_class, words, thickness) + ours("</svg> ") +
                           plain(words));
}

}  // namespace tuner
