// The plots at the top of a fleet's page.
#include "base/rfc3339.h"
#include "report/fleet_plots.h"
#include "report/fleet_sections.h"
#include "report/page_parts.h"
#include "report/plot_parts.h"
#include "report/svg.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

constexpr std::size_t kReasons = 10;  // further ones are folded
constexpr std::size_t kRows = 16;     // of drift over time; further ones are folded
constexpr std::size_t kAllRows = 200;

std::string_view class_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::Drift: return "drift";
    case Trouble::Cannot: return "cannot";
    case Trouble::Failed: return "bad";
    case Trouble::NotKnown: return "wait";
  }
  return "wait";
}

// The signs of the matrix: a colour alone says nothing to some readers.
std::string_view sign_of(Trouble trouble) {
  switch (trouble) {
    case Trouble::Drift: return "≠";
    case Trouble::Cannot: return "–";
    case Trouble::Failed: return "×";
    case Trouble::NotKnown: return "?";
  }
  return "?";
}

Markup reason_row(const HostReason& reason, std::size_t most, std::size_t all) {
  const std::size_t hosts = reason.hosts.size();
  const std::string words = fmt::format("{} of {} hosts: {}", hosts, all, reason.what);
  const std::string_view of_class =
      reason.trouble == Trouble::NotKnown ? std::string_view("unknown") : class_of(reason.trouble);
  return plot_row(
      tag(class_of(reason.trouble), sign_of(reason.trouble)) + ours(" ") + plain(reason.what),
      picture("track", words,
              block(0, static_cast<double>(hosts) / static_cast<double>(most), of_class, words)),
      plain(fmt::format("{}", hosts)));
}

Markup reasons_figure(const Fleet& fleet) {
  const auto reasons = reasons_of(fleet);
  if (reasons.empty())
    return figure("plot", "Why hosts are not in sync", element("p", plain("All are in sync.")));
  std::size_t most = 1;
  for (const HostReason& reason : reasons) most = std::max(most, reason.hosts.size());
  Markup first;
  Markup rest;
  for (std::size_t i = 0; i < reasons.size(); ++i)
    (i < kReasons ? first : rest) += reason_row(reasons[i], most, fleet.hosts.size());
  Markup inner =
      element("p", "soft", plain("Hosts by cause; a host counts at each of its causes.")) +
      element("ul", "rows", first);
  if (reasons.size() > kReasons) {
    inner += details(plain(fmt::format("{} more", reasons.size() - kReasons)),
                     element("ul", "rows", rest));
  }
  return figure("plot", "Why hosts are not in sync", inner);
}

// What a probe could not tell and what was not probed share the hatching: neither is known.
std::string_view class_of_share(std::size_t place) {
  constexpr std::array<std::string_view, kPaths.size()> kClasses = {
      "device", "kernel", "userspace", "failed", "unknown", "unknown"};
  return kClasses.at(place);
}

Markup share_row(const PathShare& share, std::size_t hosts) {
  Markup blocks;
  std::string words;
  double at = 0;
  for (std::size_t i = 0; i < kPaths.size(); ++i) {
    if (share.hosts.at(i) == 0) continue;
    const double width = share.hosts.at(i) / static_cast<double>(hosts);
    const std::string part = fmt::format("{} {}", kPaths.at(i), share.hosts.at(i));
    blocks += block(at, at + width, class_of_share(i), part);
    at += width;
    words += (words.empty() ? "" : ", ") + part;
  }
  const std::string name = fmt::format("{} {}", share.version, share.direction);
  return plot_row(plain(name) + ours(" ") + element("span", "soft", plain(words)),
                  picture("track stack", fmt::format("{}, hosts: {}", name, words), blocks),
                  plain(fmt::format(
                      // kPaths begins with device and kernel, the two that count as offloaded.
                      "{} %", (share.hosts[0] + share.hosts[1]) * 100 / static_cast<int>(hosts))));
}

Markup shares_figure(const Fleet& fleet) {
  const auto shares = path_shares(fleet);
  const std::string_view title = "Where TLS runs";
  if (shares.empty()) {
    return figure("plot", title,
                  element("p", plain("Not known: no document has the result of a probe.")));
  }
  const Markup keys = key("device", "device (NIC)") + key("kernel", "kernel") +
                      key("userspace", "userspace (OpenSSL)") + key("failed", "failed") +
                      key("unknown", "not known: not probed, or the probe could not tell");
  Markup rows;
  for (const PathShare& share : shares) rows += share_row(share, fleet.hosts.size());
  return figure("plot", title,
                element("p", "soft",
                        plain("Share of hosts by the best path of their last probe. The number "
                              "is the share known to be offloaded.")) +
                    element("ul", "legend", keys) + element("ul", "rows tall", rows));
}

// "3 d", "5 h", "20 min": to compare bars, not to set clocks.
std::string about(std::chrono::seconds time) {
  const auto minutes = time.count() / 60;
  if (minutes >= 48 * 60) return fmt::format("{} d", minutes / (24 * 60));
  if (minutes >= 2 * 60) return fmt::format("{} h", minutes / 60);
  return fmt::format("{} min", minutes);
}

double place(const DriftHistory& history, UtcTime time) {
  return static_cast<double>((time - history.from).count()) /
         static_cast<double>((history.to - history.from).count());
}

std::string_view drift_words(Drift drift) {
  switch (drift) {
    case Drift::None: return "no drift";
    case Drift::Some: return "drift";
    case Drift::NotKnown: return "not known";
  }
  return "not known";
}

Markup span_block(const DriftHistory& history, const DriftSpan& span) {
  const std::string title =
      fmt::format("{}: {} to {}", drift_words(span.drift), rfc3339(span.from), rfc3339(span.to));
  const double from = place(history, span.from);
  const double to = place(history, span.to);
  if (span.drift == Drift::None) return block(from, to, "none", title, Thickness::Thin);
  return block(from, to, span.drift == Drift::Some ? "drift" : "unknown", title);
}

std::string row_value(const DriftHistory& history, const DriftRow& row) {
  if (row.settings == 0) return "over";
  const bool known = row.spans.empty() || row.spans.back().drift == Drift::Some;
  return fmt::format("{} {}, {}{}", row.settings, row.settings == 1 ? "setting" : "settings",
                     about(history.to - row.since), known ? "" : "; now not known");
}

Markup history_row(const DriftHistory& history, const DriftRow& row) {
  Markup shapes;
  for (const double quarter : {0.25, 0.5, 0.75}) shapes += rule(quarter);
  std::string words;
  bool shown = false;
  for (const DriftSpan& span : row.spans) {
    shapes += span_block(history, span);
    words += fmt::format("{}{} from {} to {}", words.empty() ? "" : "; ", drift_words(span.drift),
                         rfc3339(span.from), rfc3339(span.to));
    shown = shown || span.drift == Drift::Some;
  }
  // A drift that was seen a moment ago has no length.
  if (!shown) shapes += block(1, 1, "drift", "drift");
  const std::string name = fmt::format("{} {}", row.host->hostname, row.family);
  return plot_row(
      plain(row.host->hostname) + ours(" ") + element("span", "soft", plain(row.family)),
      picture("track", name + ": " + words, shapes), plain(row_value(history, row)));
}

Markup axis_row(const DriftHistory& history) {
  Markup marks;
  for (const int quarter : {0, 1, 2, 3})
    marks += letters(0.25 * quarter, about((history.to - history.from) * (4 - quarter) / 4));
  const Markup axis = Markup{"<svg class=\"axis\" aria-hidden=\"true\">"} + marks +
                      letters(1, "now") + ours("</svg>");
  return plot_row({}, axis, {});
}

}  // namespace

Markup history_figure(const Fleet& fleet) {
  const DriftHistory history = drift_history(fleet);
  if (history.rows.empty()) return {};
  // Rows beyond this number are in the embedded data only.
  const std::size_t all = std::min(history.rows.size(), kAllRows);
  Markup first = axis_row(history);
  Markup rest = axis_row(history);
  for (std::size_t i = 0; i < all; ++i)
    (i < kRows ? first : rest) += history_row(history, history.rows[i]);
  Markup inner =
      element(
          "p", "soft",
          plain(fmt::format("Each host and setting family that drifted, {} to {}. A document "
                            "counts for {} after its time.",
                            rfc3339(history.from), rfc3339(history.to), about(fleet.max_age)))) +
      element("ul", "legend",
              key("drift", "drift") + key("none", "no drift", Thickness::Thin) +
                  key("unknown", "not known")) +
      element("ul", "rows times", first);
  if (all > kRows)
    inner += details(plain(fmt::format("{} more", all - kRows)), element("ul", "rows times", rest));
  if (history.rows.size() > all) {
    inner += element(
        "p", "soft",
        plain(fmt::format("{} more are in the embedded data alone.", history.rows.size() - all)));
  }
  return figure("plot wide", "Drift over time", inner);
}

Markup plots_section(const Fleet& fleet) {
  if (fleet.hosts.empty()) return {};
  return hatching() + element("div", "plots", reasons_figure(fleet) + shares_figure(fleet)) +
         history_figure(fleet);
}

}  // namespace tuner
