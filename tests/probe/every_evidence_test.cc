// Checks for every combination of evidence that path, expectation, result and reason of a cell
// contradict neither each other nor the evidence.
#include "probe/own_evidence.h"
#include "probe/ulp_answers.h"
#include "probe/verdict.h"

#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <map>
#include <string>

namespace tuner {
namespace {

constexpr std::array kExpected = {ExpectedPath::Any, ExpectedPath::Userspace, ExpectedPath::Kernel,
                                  ExpectedPath::Device};

using Diagnostics = std::optional<SocketUlp>;

// No answer, an answer with a hidden ULP, each pair of configurations, and another cipher.
std::vector<Diagnostics> all_diagnostics() {
  std::vector<Diagnostics> all = {std::nullopt, SocketUlp{}};
  for (const std::uint16_t tx : {testing::kBase, testing::kSw, testing::kHw}) {
    for (const std::uint16_t rx : {testing::kBase, testing::kSw, testing::kHw})
      all.push_back(testing::tls(tx, rx));
  }
  Diagnostics other_keys = testing::tls(testing::kSw, testing::kSw);
  other_keys->cipher = 52;
  all.push_back(other_keys);
  return all;
}

// No tls_stat; and each counter unchanged, or moved by one end, both ends, or other programs too.
std::vector<std::optional<TlsStatDelta>> all_counters() {
  std::vector<std::optional<TlsStatDelta>> all = {std::nullopt};
  for (const std::int64_t tx_sw : {0, 1, 2, 5}) {
    for (const std::int64_t tx_hw : {0, 1, 2}) {
      for (const std::int64_t rx_sw : {0, 1, 2}) {
        for (const std::int64_t rx_hw : {0, 1}) {
          for (const std::int64_t error : {0, 1}) {
            TlsStatDelta delta = {{"TlsTxSw", tx_sw},
                                  {"TlsTxDevice", tx_hw},
                                  {"TlsRxSw", rx_sw},
                                  {"TlsRxDevice", rx_hw},
                                  {"TlsDecryptError", error}};
            std::erase_if(delta, [](const auto& entry) { return entry.second == 0; });
            all.emplace_back(std::move(delta));
          }
        }
      }
    }
  }
  return all;
}

// A driver without statistics, one without packet and byte counters, and one that counts nothing,
// too little, or all of the payload.
std::vector<std::optional<DriverDelta>> all_driver_counters() {
  const auto counted = [](std::int64_t packets, std::int64_t bytes) {
    return DriverDelta{{"tx_tls_encrypted_packets", packets},
                       {"tx_tls_encrypted_bytes", bytes},
                       {"rx_tls_decrypted_packets", packets},
                       {"rx_tls_decrypted_bytes", bytes}};
  };
  return {std::nullopt, DriverDelta{{"tx_tls_ctx", 1}}, counted(0, 0), counted(9, 9),
          counted(9, 1'000'000)};
}

std::optional<UlpInfo> ulp_of(const EndEvidence& end) {
  if (!end.diagnostics || end.diagnostics->name != "tls") return std::nullopt;
  return UlpInfo{tls_info_version(end.diagnostics->version),
                 tls_info_cipher(end.diagnostics->cipher), tls_info_conf(end.diagnostics->txconf),
                 tls_info_conf(end.diagnostics->rxconf)};
}

// As the helper builds it for a connection that worked (probe/handshake/connection/cell.cc).
ProbeCell cell_of(const Finding& finding, const EndEvidence& end,
                  const std::optional<TlsStatDelta>& counters) {
  return {.tx = finding.tx,
          .rx = finding.rx,
          .bytes = 8,
          .intact = finding.broken.empty(),
          .counters = counters.value_or(TlsStatDelta{}),
          .counters_by_others = finding.by_others,
          .ulp = ulp_of(end),
          .because = finding.broken};
}

// Cells without duplicates: cells that judge_cell() cannot tell apart are stored once.
class Cells {
 public:
  void add(ProbeCell cell) {
    std::string key;
    for (const PathFinding* path : {&cell.tx, &cell.rx}) key += tls_path_name(path->path());
    for (const auto& [name, moved] : cell.counters) key += name + (moved > 0 ? "+" : "-");
    if (cell.ulp) key += cell.ulp->txconf + cell.ulp->rxconf;
    key += cell.intact ? "intact" : "broken";
    cells_.try_emplace(std::move(key), std::move(cell));
  }
  const std::map<std::string, ProbeCell>& all() const { return cells_; }

 private:
  std::map<std::string, ProbeCell> cells_;
};

// ---- The invariants

struct Counted {
  std::size_t judged = 0;
  std::map<CellResult, std::size_t> results;
};

// Implemented again here, so that the test does not compare verdict.cc with itself.
bool is_met(TlsPath path, ExpectedPath expected) {
  const std::string wanted(expected_path_name(expected));
  const std::string got(tls_path_name(path));
  if (got == "unknown" || got == "failed") return false;
  return wanted == "any" || wanted == got || (wanted == "kernel" && got == "device");
}

// How a judged cell contradicts itself; empty: it does not.
std::string contradiction(const JudgedCell& got, bool loopback) {
  const TlsPath tx = got.path(TlsDirection::Tx);
  const TlsPath rx = got.path(TlsDirection::Rx);
  const bool met =
      is_met(tx, got.expected(TlsDirection::Tx)) && is_met(rx, got.expected(TlsDirection::Rx));
  const bool unknown = tx == TlsPath::Unknown || rx == TlsPath::Unknown;
  const bool no_device = loopback && (got.expected(TlsDirection::Tx) == ExpectedPath::Device ||
                                      got.expected(TlsDirection::Rx) == ExpectedPath::Device);
  if ((got.result() == CellResult::Pass) != met)
    return "the result is pass, but a path misses its expectation, or the reverse";
  if (got.result() == CellResult::Inconclusive && !unknown && !no_device)
    return "inconclusive without an unknown path";
  if (got.result() != CellResult::Pass && got.because().empty()) return "no reason is given";
  if ((tx == TlsPath::Failed) != (rx == TlsPath::Failed)) return "half a transfer failed";
  if (got.result() == CellResult::Pass && got.verdict() != ProbeVerdict::AsExpected)
    return "a pass is not as expected";
  return {};
}

// How a path contradicts the evidence of its cell; empty: it does not.
std::string against_evidence(const JudgedCell& got) {
  const ProbeEnd end = got.own_end();
  for (const bool sends : {true, false}) {
    const TlsPath path = got.path(sends ? TlsDirection::Tx : TlsDirection::Rx);
    const auto count = [&](const char* tx, const char* rx) {
      const auto found = end.counters.find(sends ? tx : rx);
      return found == end.counters.end() ? 0 : found->second;
    };
    const std::int64_t device = count("TlsTxDevice", "TlsRxDevice");
    const std::int64_t moved = count("TlsTxSw", "TlsRxSw") + device;
    const std::string conf = !end.ulp ? "" : sends ? end.ulp->txconf : end.ulp->rxconf;
    if (path == TlsPath::Device && (device == 0 || conf != "hw")) return "device without evidence";
    if (path == TlsPath::Kernel && (moved == 0 || (end.ulp && conf != "sw")))
      return "kernel without evidence";
    if (path == TlsPath::Userspace && (conf == "sw" || conf == "hw"))
      return "userspace, but the socket uses kernel TLS";
    if ((path == TlsPath::Unknown) != !(sends ? end.tx : end.rx).doubt().empty())
      return "unknown without a doubt";
  }
  return {};
}

void check_invariants(const ProbeCell& cell, const CellQuestion& question, Counted& counted) {
  const JudgedCell got = judge_cell(cell, question);
  ++counted.judged;
  ++counted.results[got.result()];
  for (const std::string& wrong : {contradiction(got, question.loopback), against_evidence(got)}) {
    if (wrong.empty()) continue;
    ADD_FAILURE() << wrong << ": tx " << tls_path_name(got.path(TlsDirection::Tx)) << ", rx "
                  << tls_path_name(got.path(TlsDirection::Rx)) << ", expected "
                  << expected_path_name(got.expected(TlsDirection::Tx)) << ", "
                  << expected_path_name(got.expected(TlsDirection::Rx)) << ", "
                  << cell_result_name(got.result()) << ": " << got.because();
  }
}

void check_all_questions(ProbeCell cell, Counted& counted) {
  for (const bool possible : {true, false}) {
    for (const bool fell_back : {true, false}) {
      for (const bool loopback : {true, false}) {
        cell.possible = possible;
        cell.fell_back_tx = fell_back;
        for (const ExpectedPath tx : kExpected) {
          for (const ExpectedPath rx : kExpected)
            check_invariants(cell, {.tx = tx, .rx = rx, .loopback = loopback}, counted);
        }
      }
    }
  }
}

void check_cells(const Cells& cells) {
  Counted counted;
  for (const auto& [key, cell] : cells.all()) {
    check_all_questions(cell, counted);
    ProbeCell broken = cell;
    broken.intact = false;
    broken.because = "";
    check_all_questions(broken, counted);
  }
  EXPECT_GT(counted.judged, 10'000U);
  EXPECT_EQ(counted.results.size(), 4U) << "each result occurs";
}

std::vector<EndEvidence> all_ends() {
  std::vector<EndEvidence> ends;
  for (const Diagnostics& diagnostics : all_diagnostics()) {
    for (const bool sends : {true, false}) {
      for (const bool receives : {true, false})
        ends.push_back({.ktls_send = sends, .ktls_recv = receives, .diagnostics = diagnostics});
    }
  }
  return ends;
}

TEST(EveryEvidence, LoopbackHasNoContradiction) {
  const auto counters = all_counters();
  const auto ends = all_ends();
  Cells cells;
  for (const EndEvidence& server : ends) {
    for (const EndEvidence& client : {EndEvidence{}, server}) {
      for (const auto& moved : counters) {
        for (const bool own : {true, false}) {
          const Finding finding =
              weigh({.server = server, .client = client, .counters = moved, .own_namespace = own});
          cells.add(cell_of(finding, server, moved));
        }
      }
    }
  }
  check_cells(cells);
}

TEST(EveryEvidence, WireHasNoContradiction) {
  const auto counters = all_counters();
  Cells cells;
  for (const EndEvidence& end : all_ends()) {
    for (const auto& moved : counters) {
      for (const auto& driver : all_driver_counters()) {
        const Finding finding = weigh_own({.end = end,
                                           .counters = moved,
                                           .interface = "eth0",
                                           .driver = driver,
                                           .bytes_each_way = 1'000'000});
        cells.add(cell_of(finding, end, moved));
      }
    }
  }
  check_cells(cells);
}

// A helper or a peer may write anything into a report: each path with each evidence.
TEST(EveryEvidence, FalseReportHasNoContradiction) {
  Cells cells;
  for (const TlsPath tx :
       {TlsPath::Device, TlsPath::Kernel, TlsPath::Userspace, TlsPath::Unknown, TlsPath::Failed}) {
    for (const auto& moved : all_counters()) {
      for (const EndEvidence& end : all_ends()) {
        ProbeCell cell = cell_of({.tx = tx, .rx = TlsPath::Userspace}, end, moved);
        cells.add(std::move(cell));
      }
    }
  }
  check_cells(cells);
}

}  // namespace
}  // namespace tuner
