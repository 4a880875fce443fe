#include "report/bench_page.h"

#include "base/text.h"
#include "report/bench_plots.h"
#include "report/bench_points.h"
#include "report/page_parts.h"

#include <fmt/format.h>

#include <algorithm>

namespace tuner {
namespace {

using Row = document::BenchRow;

// Asked and got, in one word each; the colour says whether they are the same.
Markup got_tag(const Row& row) {
  if (!is_measured(row)) return tag("wait", "not measured");
  if (!row.path) return tag("wait", "no TLS");
  const auto asked = asked_path(row);
  // A NIC is asked by way of the kernel: `device` is what was asked for, and more.
  const bool as_asked = *row.path == asked || (asked == "kernel" && *row.path == "device");
  const bool known = *row.path != "unknown" && *row.path != "failed";
  return tag(as_asked ? "good" : !known ? "bad" : asked == "any" ? "wait" : "drift", *row.path);
}

// What proves the path: the kernel's counters, and what socket diagnostics said of the socket.
std::string proof_words(const Row& row) {
  std::vector<std::string> proofs;
  if (!row.counters.empty()) proofs.push_back(counters_words(row.counters));
  if (row.ulp)
    proofs.push_back(fmt::format("socket: {} {}, transmit {}, receive {}", row.ulp->version,
                                 row.ulp->cipher, row.ulp->txconf, row.ulp->rxconf));
  if (row.path == "userspace" && row.counters.empty() && !row.ulp)
    proofs.emplace_back("no TLS counter of the kernel moved, and the socket has none");
  return join(proofs, "; ");
}

// Rows that took one path for one reason, in a series those of several points.
struct PathRow {
  Row row;  // with the counters of all of them
  std::vector<std::uint64_t> points;
};

bool is_same_path(const Row& one, const Row& other) {
  return way_name(one) == way_name(other) && one.path == other.path &&
         one.because == other.because && is_measured(one) == is_measured(other);
}

std::vector<PathRow> path_rows(const document::Bench& bench) {
  std::vector<PathRow> all;
  for (const Row& row : bench.rows) {
    const auto same = std::ranges::find_if(all, [&](const PathRow& other) {
      return row.point && !other.points.empty() && is_same_path(row, other.row);
    });
    if (same == all.end()) {
      all.push_back({.row = row, .points = {}});
      if (row.point) all.back().points.push_back(*row.point);
      continue;
    }
    same->points.push_back(*row.point);
    for (const auto& [name, moved] : row.counters) same->row.counters[name] += moved;
  }
  return all;
}

Markup name_cell(const document::Bench& bench, const PathRow& path) {
  std::vector<std::string> points;
  for (const std::uint64_t point : path.points) points.push_back(point_name(bench.workload, point));
  Markup name = plain(way_name(path.row));
  if (!points.empty()) name += element("div", "soft", plain("at " + join(points, ", ")));
  return element("td", "name", name);
}

Markup paths_table(const document::Bench& bench) {
  Markup rows;
  for (const PathRow& path : path_rows(bench)) {
    const Row& row = path.row;
    const auto asked = asked_path(row);
    rows += element("tr", name_cell(bench, path) + cell("nowrap", asked.value_or("no TLS")) +
                              element("td", "nowrap", got_tag(row)) +
                              cell("why", proof_words(row)) + cell("why", row.because));
  }
  return element("h3", plain("Path asked for, and path taken")) +
         table_box("paths",
                   head_row({"Row", "Asked", "Got", "Proof", "Why"}) + element("tbody", rows));
}

// For readers who do not know the words of the rows.
Markup modes_table(const document::Bench& bench) {
  std::vector<std::string> modes;
  Markup rows;
  for (const Row& row : bench.rows) {
    if (std::ranges::find(modes, row.mode) != modes.end()) continue;
    modes.push_back(row.mode);
    rows += element("tr", cell("name", row.mode) + cell("why", mode_words(row.mode)));
  }
  return element("h3", plain("What each row does")) + table_box("env", element("tbody", rows));
}

Markup reasons_list(const document::Bench& bench) {
  Markup list;
  for (const document::BenchReason& reason : bench.not_comparable) {
    std::string word = reason.reason;
    std::ranges::replace(word, '_', ' ');
    list +=
        element("li", tag(reason.voids ? "bad" : "wait", word) + ours(" ") + plain(reason.because));
  }
  if (list.html.empty()) return list;
  return element("h3", plain("What limits this result")) + element("ul", "plain", list);
}

Markup promises_table(const document::Bench& bench) {
  Markup rows;
  for (const GuidePromise& promise : guide_promises(bench)) {
    Markup measured;
    for (const std::string& sentence : promise.measured)
      measured += element("div", plain(sentence));
    if (measured.html.empty()) measured = plain("not measured by this run");
    rows += element("tr", cell("name", promise.what) + cell("nowrap", promise.promised) +
                              element("td", "why", measured));
  }
  return element("h3", plain("The guide's promise, and what was measured")) +
         element("p", "soft",
                 plain("The guide from which this tool started gives these figures without a "
                       "source; measured is kernel TLS against TLS in user space.")) +
         table_box("promises",
                   head_row({"What", "Promised", "Measured here"}) + element("tbody", rows));
}

std::string limit_words(const std::optional<double>& limit) {
  return limit ? figure_words(*limit) : std::string("not measured");
}

Markup limits_line(const document::BenchLimits& limits) {
  if (!limits.memory_copy && !limits.aes_128_gcm_seal && !limits.aes_128_gcm_open) return {};
  return element(
      "p", "soft",
      plain(fmt::format("One CPU of this machine, in Gbit/s, measured in the same run: copy {}, "
                        "seal AES-128-GCM {}, open it {}.",
                        limit_words(limits.memory_copy), limit_words(limits.aes_128_gcm_seal),
                        limit_words(limits.aes_128_gcm_open))));
}

std::string ratio_cell(const std::optional<document::BenchRatio>& ratio) {
  return ratio ? fmt::format("{} ({}\u2013{})", figure_words(ratio->ratio),
                             figure_words(ratio->low), figure_words(ratio->high))
               : std::string();
}

Markup figures_row(const Row& row) {
  const document::BenchFigures& figures = *row.figures;
  const auto& cpu = figures.cpu_seconds_per_gb;
  return element(
      "tr", cell("name", row_name(row)) + cell("num", fmt::format("{}", row.rounds)) +
                cell("num", figure_words(figures.gbit_per_second)) +
                cell("num", figures.share_of_bound
                                ? fmt::format("{:.0f} %", *figures.share_of_bound * 100)
                                : std::string()) +
                cell("num", figures.operations ? figure_words(figures.operations->per_second)
                                               : std::string()) +
                cell("num", figures.operations ? figure_words(figures.operations->cpu_us)
                                               : std::string()) +
                cell("num", figure_words(cpu.total)) + cell("num", figure_words(cpu.sender)) +
                cell("num", figure_words(cpu.receiver)) + cell("num", figure_words(cpu.threads)) +
                cell("num", ratio_cell(figures.speed_to_plain)) +
                cell("num", ratio_cell(figures.speed_to_tls)) +
                cell("num", ratio_cell(figures.cpu_to_tls)));
}

Markup figures_table(const document::Bench& bench) {
  Markup rows;
  for (const Row& row : bench.rows) {
    if (row.figures) rows += figures_row(row);
  }
  if (rows.html.empty()) return rows;
  return details(plain("All figures"),
                 table_box("figures", head_row({"Row", "Rounds", "Gbit/s", "Of bound",
                                                "Operations/s", "CPU µs each", "CPU s/GB", "Sender",
                                                "Receiver", "Threads alone", "Speed to plain",
                                                "Speed to tls", "CPU to tls"}) +
                                          element("tbody", rows)));
}

}  // namespace

std::string_view strip_class(std::string_view verdict) {
  if (verdict == "pays_off" || verdict == "better") return "strip good";
  if (verdict == "costs" || verdict == "worse" || verdict == "mixed") return "strip drift";
  return verdict == "not_comparable" ? "strip cannot" : "strip wait";
}

Markup facts_table(const std::vector<BenchFact>& facts) {
  Markup rows;
  for (const BenchFact& fact : facts)
    rows += element("tr", cell("name", fact.name) + cell("why", fact.value));
  return element("h3", plain("Environment")) + table_box("env", element("tbody", rows));
}

Markup bench_section(const SavedDocument& document) {
  const document::Bench& bench = *document.bench;
  std::string verdict = bench.verdict;
  std::ranges::replace(verdict, '_', ' ');
  return element("div", strip_class(bench.verdict),
                 element("b", plain(verdict)) + element("span", plain(bench.because))) +
         element("p", "soft",
                 plain(fmt::format("Workload {}: {}. {} of {} planned rounds; the run's end: {}.",
                                   bench.workload.name, workload_words(bench), bench.rounds_done,
                                   bench.workload.rounds_planned, bench.ending))) +
         crossing_words(bench) + bench_plots(bench) + connections_table(bench) +
         limits_line(bench.limits) + modes_table(bench) + paths_table(bench) + reasons_list(bench) +
         promises_table(bench) + figures_table(bench) +
         facts_table(environment_of(document, bench));
}

}  // namespace tuner
