#include "cli/render/last_probe.h"

#include "document/probe.h"
#include "document/read.h"

namespace tuner {
namespace {

void add_ways(const document::Cell& cell, std::vector<LastProbe::Way>& ways) {
  const bool client = cell.wire && cell.wire->own_end == "client";
  const auto add = [&](std::string direction, const std::string& expected, std::string taken) {
    ways.push_back({.version = cell.version,
                    .direction = std::move(direction),
                    .expected = expected,
                    .taken = std::move(taken),
                    .conclusive = cell.result != word_of(CellResult::Inconclusive)});
  };
  // The cell's own paths are those of the serving end.
  add("tx", cell.expected.tx, client ? cell.wire->client.tx : cell.tx);
  add("rx", cell.expected.rx, client ? cell.wire->client.rx : cell.rx);
}

}  // namespace

std::optional<LastProbe> last_probe_from(std::string_view text) {
  const auto document = document::read(text);
  if (!document) return std::nullopt;
  const auto* const body = document->body.get_if<document::Probe>();
  if (body == nullptr) return std::nullopt;
  LastProbe probe{
      .at = document->envelope.started_at, .kernel = document->envelope.host.kernel, .ways = {}};
  for (const document::Cell& cell : body->cells) add_ways(cell, probe.ways);
  return probe;
}

// A probe of another kernel says nothing about this one: ciphers and offload depend on it.
std::optional<LastProbe> last_probe(const StateStore& store, std::string_view kernel) {
  const auto text = store.read(kProbeReportPath);
  if (!text) return std::nullopt;
  auto probe = last_probe_from(*text);
  if (!probe || probe->kernel != kernel) return std::nullopt;
  return probe;
}

// nullopt has no sample in the metrics. An inconclusive probe is a 0, since nothing is proved.
std::optional<bool> as_expected(const LastProbe::Way& way) {
  if (way.expected == "any") return std::nullopt;
  if (!way.conclusive) return false;
  return way.taken == way.expected || (way.expected == "kernel" && way.taken == "device");
}

}  // namespace tuner
