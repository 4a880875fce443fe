#include "report/markup.h"

#include <fmt/format.h>

namespace tuner {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";

// Nothing is loaded, run, sent or framed; the one style sheet is known by its hash.
constexpr std::string_view kStyleHash = "sha256-VZnb95keNGHOkR8MFcFtUyBiGT7TlW/Qhg4y5Er7344=";

std::string_view entity(char c) {
  switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return {};
  }
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte == 0x7F || (byte < 0x20 && c != '\n' && c != '\t');
}

// U+202A … U+202E and U+2066 … U+2069: they show a name as another one.
bool turns_around(std::string_view text) {
  if (text.size() < 3 || text[0] != '\xE2') return false;
  const auto last = static_cast<unsigned char>(text[2]);
  if (text[1] == '\x80') return last >= 0xAA && last <= 0xAE;
  return text[1] == '\x81' && last >= 0xA6 && last <= 0xA9;
}

// `<` `>` and `&` stand only inside strings of JSON, where they may be written as \u003c.
std::string for_script(std::string_view json) {
  std::string text;
  text.reserve(json.size());
  for (const char c : json) {
    if (c == '<' || c == '>' || c == '&')
      text += fmt::format("\\u{:04x}", static_cast<int>(c));
    else
      text += c;
  }
  return text;
}

}  // namespace

Markup plain(std::string_view text) {
  Markup markup;
  markup.html.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (const auto safe = entity(text[i]); !safe.empty()) {
      markup.html += safe;
    } else if (is_control(text[i])) {
      markup.html += kReplacement;
    } else if (turns_around(text.substr(i))) {
      markup.html += kReplacement;
      i += 2;
    } else {
      markup.html += text[i];
    }
  }
  return markup;
}

Markup element(std::string_view name, const Markup& inner) {
  return {fmt::format("<{0}>{1}</{0}>", name, inner.html)};
}

Markup element(std::string_view name, std::string_view of_class, const Markup& inner) {
  return {fmt::format("<{0} class=\"{1}\">{2}</{0}>", name, of_class, inner.html)};
}

Markup titled(std::string_view name, std::string_view of_class, std::string_view title,
              const Markup& inner) {
  return {fmt::format("<{0} class=\"{1}\" title=\"{2}\">{3}</{0}>", name, of_class,
                      plain(title).html, inner.html)};
}

Markup details(const Markup& summary, const Markup& inner) {
  return {fmt::format("<details><summary>{}</summary>{}</details>\n", summary.html, inner.html)};
}

Markup table_box(std::string_view of_class, const Markup& rows) {
  return {fmt::format(
      "<div class=\"box {0}-box\" tabindex=\"0\"><table class=\"{0}\">{1}</table></div>\n",
      of_class, rows.html)};
}

Markup head_row(std::initializer_list<std::string_view> heads) {
  Markup row;
  for (const std::string_view head : heads)
    row += Markup{fmt::format("<th scope=\"col\">{}</th>", plain(head).html)};
  return element("thead", element("tr", row));
}

std::string to_html(const Page& page) {
  return fmt::format(
      "<!DOCTYPE html>\n"
      "<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src '{}'; base-uri 'none'; form-action 'none'\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<meta name=\"color-scheme\" content=\"light dark\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<title>{}</title>\n<style>{}</style>\n</head>\n<body>\n<main>\n{}</main>\n"
      "<footer>{}</footer>\n"
      "<script type=\"application/json\" id=\"data\">{}</script>\n</body>\n</html>\n",
      kStyleHash, plain(page.title).html, page_style(), page.body.html, plain(page.footer).html,
      for_script(page.data));
}

}  // namespace tuner
