#include "bench/choice.h"

#include "bench/series.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace tuner {
namespace {

bool contains(const std::vector<BenchMode>& modes, BenchMode mode) {
  return std::ranges::find(modes, mode) != modes.end();
}

WorkloadModes bulk_modes(bool across_wire) {
  std::set<BenchMode> modes;
  for (const BenchVariant& row : across_wire ? usual_variants() : variants_of({}))
    modes.insert(row.mode);
  return {{modes.begin(), modes.end()}, {TlsVersion::Tls12, TlsVersion::Tls13}};
}

}  // namespace

WorkloadModes modes_of(BenchWorkload workload, bool across_wire) {
  const std::vector<BenchMode> sends{BenchMode::Plain, BenchMode::Tls, BenchMode::Ktls};
  const std::vector<TlsVersion> both{TlsVersion::Tls12, TlsVersion::Tls13};
  switch (workload) {
    case BenchWorkload::Bulk: break;
    case BenchWorkload::Latency:  // sendfile() is for what is large
    case BenchWorkload::Handshakes: return {sends, both};
    case BenchWorkload::Messages:
      return {{BenchMode::Plain, BenchMode::Tls, BenchMode::KtlsReceive}, both};
    case BenchWorkload::Files:
      return {{BenchMode::PlainSendfile, BenchMode::Tls, BenchMode::KtlsSendfile},
              {TlsVersion::Tls13}};
    case BenchWorkload::SmallRecords:
    case BenchWorkload::Connections:
    case BenchWorkload::SlowReaders:
    case BenchWorkload::Loss: return {sends, {TlsVersion::Tls13}};
  }
  return bulk_modes(across_wire);
}

std::vector<BenchVariant> rows_of(BenchWorkload workload, const BenchChoice& choice) {
  const WorkloadModes able = modes_of(workload);
  BenchChoice own = choice;
  if (own.modes.empty()) own.modes = able.modes;
  own.modes.push_back(able.modes.front());
  if (own.versions.empty()) own.versions = able.versions;
  auto rows = variants_of(own);
  std::erase_if(rows, [&](const BenchVariant& row) { return !contains(able.modes, row.mode); });
  const auto& points = series_of(workload).points;
  return points.empty() ? rows : at_each_point(rows, points);
}

Outcome check_choice(BenchWorkload workload, bool across_wire, const BenchChoice& choice) {
  const WorkloadModes able = modes_of(workload, across_wire);
  for (const BenchMode mode : choice.modes) {
    if (contains(able.modes, mode)) continue;
    std::vector<std::string_view> words;
    for (const BenchMode one : able.modes) words.push_back(word_of(one));
    return fail(Fault::Invalid,
                fmt::format("--mode {}: the workload {}{} does not measure it", word_of(mode),
                            word_of(workload), across_wire ? " between two hosts" : ""),
                fmt::format("it measures {}", fmt::join(words, ", ")));
  }
  const bool tls = choice.modes.empty() || std::ranges::any_of(choice.modes, is_tls);
  if (tls || (choice.versions.empty() && choice.ciphers.empty())) return {};
  return fail(Fault::Invalid, "--tls-version and --cipher are of TLS, and no chosen --mode has it",
              "omit them, or choose a mode with TLS");
}

}  // namespace tuner
