#include "cli/render/last_probe.h"

#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using nlohmann::json;

void add_ways(const json& cell, std::vector<LastProbe::Way>& ways) {
  const bool client = cell.value("own_end", std::string("server")) == "client";
  const json& end = client ? cell.at("client") : cell;
  for (const std::string direction : {"tx", "rx"}) {
    ways.push_back({.version = cell.at("version"),
                    .direction = direction,
                    .expected = cell.at("expected").at(direction),
                    .taken = end.at(direction),
                    .conclusive = cell.at("result") != "inconclusive"});
  }
}

LastProbe probe_from(const json& document, UtcTime at) {
  LastProbe probe{.at = at, .kernel = document.at("host").at("kernel")};
  for (const json& cell : document.at("cells")) add_ways(cell, probe.ways);
  return probe;
}

}  // namespace

std::optional<LastProbe> last_probe_from(std::string_view text) {
  try {
    const json document = json::parse(text);
    const auto at = from_rfc3339(document.at("started_at").get<std::string>());
    if (!at) return std::nullopt;
    return probe_from(document, *at);
  } catch (const json::exception&) {
    return std::nullopt;
  }
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
