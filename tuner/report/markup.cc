#include "report/markup.h"

#include "model/text_sinks.h"

#include <fmt/format.h>

namespace tuner {
namespace {

// The Content-Security-Policy of to_html() forbids everything except the style sheet with this
// hash.
constexpr std::string_view kStyleHash = "sha256-Y2JCJolSOPxfUGwRACtY7afPYFx2R4ZvULU6nlnSOkQ=";

}  // namespace

Markup plain(std::string_view text) {
  return {for_html(text)};
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

// tabindex: a box that scrolls sideways must be reachable with the keyboard alone.
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

// The page works without a server, from a mail or a file. default-src does not cover base-uri and
// form-action (CSP Level 3), so both are named. The data block is no script for a browser, because
// its type is application/json: the policy need not allow scripts.
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
