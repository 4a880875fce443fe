// HTML by small functions. Text of a document becomes Markup through plain() alone, which escapes
// it; so what compiles cannot put a hostname between two tags unescaped.
#pragma once

#include <string>
#include <string_view>

namespace tuner {

struct Markup {
  std::string html;
  Markup& operator+=(const Markup& more) {
    html += more.html;
    return *this;
  }
};
inline Markup operator+(Markup a, const Markup& b) {
  a += b;
  return a;
}

// Any text, by for_html() (model/text_sinks.h).
Markup plain(std::string_view text);

// Our own words in the source: tags and entities.
template <std::size_t N>
Markup ours(const char (&literal)[N]) {
  return {std::string(literal, N - 1)};
}

// <name class="of_class">inner</name>; both are words of ours.
Markup element(std::string_view name, const Markup& inner);
Markup element(std::string_view name, std::string_view of_class, const Markup& inner);
Markup titled(std::string_view name, std::string_view of_class, std::string_view title,
              const Markup& inner);
Markup details(const Markup& summary, const Markup& inner);

// A table in a box that scrolls by itself, so that the page never does sideways.
Markup table_box(std::string_view of_class, const Markup& rows);
Markup head_row(std::initializer_list<std::string_view> heads);

// The frame around a page: one file that loads nothing. `data` is JSON; it is embedded so that it
// cannot end its element.
struct Page {
  std::string title;
  std::string footer;
  Markup body;
  std::string data;
};
std::string to_html(const Page& page);

// Constant, and allowed by its hash alone (the policy of the page).
std::string_view page_style();

}  // namespace tuner
