// Builds HTML. Text of a document becomes Markup only through plain(), which escapes it, so code
// that compiles cannot write a hostname unescaped.
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

// Escapes any text with for_html() (model/text_sinks.h).
Markup plain(std::string_view text);

// Literal HTML from the source code: tags and entities.
template <std::size_t N>
Markup ours(const char (&literal)[N]) {
  return {std::string(literal, N - 1)};
}

// <name class="of_class">inner</name>. `name` and `of_class` are not escaped: pass constants only.
Markup element(std::string_view name, const Markup& inner);
Markup element(std::string_view name, std::string_view of_class, const Markup& inner);
Markup titled(std::string_view name, std::string_view of_class, std::string_view title,
              const Markup& inner);
Markup details(const Markup& summary, const Markup& inner);

// A table in a box with its own horizontal scrolling, so that the page never scrolls sideways.
Markup table_box(std::string_view of_class, const Markup& rows);
Markup head_row(std::initializer_list<std::string_view> heads);

// A complete page in one file that loads nothing. `data` is JSON, escaped so that it cannot close
// its script element.
struct Page {
  std::string title;
  std::string footer;
  Markup body;
  std::string data;
};
std::string to_html(const Page& page);

// The constant style sheet. The page's Content-Security-Policy allows it by its hash.
std::string_view page_style();

}  // namespace tuner
