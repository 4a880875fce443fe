#include "bench/report_lines.h"

#include "base/json_text.h"
#include "bench/latency_json.h"
#include "bench/message_lines.h"
#include "model/json_bytes.h"
#include "probe/json_number.h"
#include "probe/ulp_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

namespace tuner {
namespace {

using Json = nlohmann::ordered_json;

Json pair_json(const std::array<int, 2>& pair) {
  return {pair[0], pair[1]};
}

Json variant_json(const BenchVariant& variant) {
  Json json{{"mode", word_of(variant.mode)}};
  if (variant.version) json["version"] = word_of(*variant.version);
  if (variant.cipher) json["cipher"] = word_of(*variant.cipher);
  if (variant.point) json["point"] = *variant.point;
  return json;
}

Json error_json(const Error& error) {
  return {{"fault", fault_name(error.fault)},
          {"errno", error.errno_value},
          {"text", error.text},
          {"hint", error.hint}};
}

Json counts_json(const BenchCounts& counts) {
  Json json = Json::object();
  for (const Word<BenchCount>& row : kWords<BenchCount>) {
    if (const auto& count = counts[static_cast<std::size_t>(row.value)]) json[row.word] = *count;
  }
  return json;
}

Json wire_json(const std::optional<BenchWire>& wire) {
  if (!wire) return nullptr;
  return {{"end", word_of(wire->end)},
          {"peer", wire->peer},
          {"peer_library", wire->peer_library},
          {"interface", wire->interface},
          {"nics", wire->nics}};
}

Json event_json(const BenchStart& start) {
  Json variants = Json::array();
  for (const BenchVariant& variant : start.variants) variants.push_back(variant_json(variant));
  Json refused = Json::array();
  for (const LimitRefusal& one : start.limits_refused)
    refused.push_back({{"limit", word_of(one.limit)}, {"because", one.because}});
  Json uncounted = Json::array();
  for (const CountRefusal& one : start.counts_refused)
    uncounted.push_back({{"count", word_of(one.count)}, {"because", one.because}});
  Json json{{"start",
             {{"workload", word_of(start.workload)},
              {"library", start.library},
              {"own_namespace", start.own_namespace},
              {"cpus", pair_json(start.cpus)},
              {"other_load", pair_json(start.other_load)},
              {"variants", variants},
              {"limits_refused", refused},
              {"counts_refused", uncounted},
              {"content_bytes", start.content_bytes},
              {"call_bytes", start.call_bytes},
              {"rounds", start.rounds},
              {"round_ns", start.round_ns},
              {"wire", wire_json(start.wire)}}}};
  if (start.latency) json["start"]["latency"] = latency_setup_json(*start.latency);
  return json;
}

Json event_json(const LimitSample& sample) {
  return {{"limit",
           {{"limit", word_of(sample.limit)},
            {"round", sample.round},
            {"bytes", sample.bytes},
            {"nanoseconds", sample.nanoseconds},
            {"running_ns", sample.running_ns}}}};
}

Json evidence_json(const BenchEvidence& evidence) {
  return {{"path", word_of(evidence.path.path())}, {"doubt", evidence.path.doubt()},
          {"counters", evidence.counters},         {"ulp", ulp_json(evidence.ulp)},
          {"because", evidence.because},           {"nic_counters", evidence.nic_counters}};
}

Json memory_json(const std::optional<ConnectionMemory>& memory) {
  if (!memory) return nullptr;
  Json json{{"connections", memory->connections}, {"user_bytes", memory->user_bytes}};
  if (memory->slab_bytes) json["slab_bytes"] = *memory->slab_bytes;
  if (memory->buffer_bytes) json["buffer_bytes"] = *memory->buffer_bytes;
  return json;
}

Json event_json(const BenchSample& sample) {
  Json cost = Json::array();
  for (const EndCost& end : sample.cost)
    cost.push_back({{"cpu_us", end.cpu_us}, {"thread_us", end.thread_us}});
  return {{"sample",
           {{"variant", sample.variant},
            {"round", sample.round},
            {"bytes", sample.bytes},
            {"nanoseconds", sample.nanoseconds},
            {"cost", cost},
            {"checked_bytes", sample.checked_bytes},
            {"evidence", evidence_json(sample.evidence)},
            {"khz", pair_json(sample.khz)},
            {"counts", counts_json(sample.counts)},
            {"operations", sample.operations},
            {"memory", memory_json(sample.memory)},
            {"fairness", sample.fairness ? Json(*sample.fairness) : Json()}}}};
}

Json event_json(const LatencySample& sample) {
  Json json = latency_json(sample);
  json["evidence"] = evidence_json(sample.evidence);
  return {{"latency", json}};
}

Json event_json(const MessageSample& sample) {
  return {{"messages",
           {{"variant", sample.variant},
            {"round", sample.round},
            {"marked", messages_json(sample.marked)},
            {"checked_bytes", sample.checked_bytes},
            {"evidence", evidence_json(sample.evidence)}}}};
}

Json event_json(const BenchRefusal& refusal) {
  return {{"refusal", {{"variant", refusal.variant}, {"error", error_json(refusal.error)}}}};
}

Json event_json(const BenchDone& done) {
  return {{"done", word_of(done.ending)}};
}

Json event_json(const Error& error) {
  return {{"error", error_json(error)}};
}

int integer_of(const Json& json) {
  const auto value = whole_number<int>(json);
  // nlohmann would turn 1.5 or 2^40 into an int without a word.
  if (value) return *value;
  throw Json::other_error::create(501, value.error().text, &json);
}

std::array<int, 2> pair_of(const Json& json) {
  return {integer_of(json.at(0)), integer_of(json.at(1))};
}

BenchVariant variant_of(const Json& json) {
  BenchVariant variant{.mode = word_at<BenchMode>(json, "mode"), .version = {}, .cipher = {}};
  if (json.contains("version")) variant.version = word_at<TlsVersion>(json, "version");
  if (json.contains("cipher")) variant.cipher = word_at<TlsCipher>(json, "cipher");
  if (json.contains("point")) variant.point = number_at<std::uint64_t>(json, "point");
  return variant;
}

Error error_of(const Json& json) {
  return {.fault = word_at<Fault>(json, "fault"),
          .errno_value = number_at<int>(json, "errno"),
          .text = json.at("text").get<std::string>(),
          .hint = json.at("hint").get<std::string>()};
}

std::optional<BenchWire> wire_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return BenchWire{.end = word_at<BenchEnd>(json, "end"),
                   .peer = json.at("peer").get<std::string>(),
                   .peer_library = json.at("peer_library").get<std::string>(),
                   .interface = json.at("interface").get<std::string>(),
                   .nics = json.at("nics").get<std::vector<std::string>>()};
}

BenchStart start_of(const Json& json) {
  BenchStart start{.workload = word_at<BenchWorkload>(json, "workload"),
                   .library = json.at("library").get<std::string>(),
                   .own_namespace = json.at("own_namespace").get<bool>(),
                   .cpus = pair_of(json.at("cpus")),
                   .other_load = pair_of(json.at("other_load")),
                   .variants = {},
                   .limits_refused = {},
                   .counts_refused = {},
                   .content_bytes = number_at<std::uint64_t>(json, "content_bytes"),
                   .call_bytes = number_at<std::uint64_t>(json, "call_bytes"),
                   .rounds = number_at<int>(json, "rounds"),
                   .round_ns = number_at<std::int64_t>(json, "round_ns"),
                   .latency = {},
                   .wire = wire_of(json.at("wire"))};
  for (const Json& variant : json.at("variants")) start.variants.push_back(variant_of(variant));
  if (json.contains("latency")) start.latency = latency_setup_of(json.at("latency"));
  for (const Json& one : json.at("limits_refused"))
    start.limits_refused.push_back(
        {word_at<BenchLimit>(one, "limit"), one.at("because").get<std::string>()});
  for (const Json& one : json.at("counts_refused"))
    start.counts_refused.push_back(
        {word_at<BenchCount>(one, "count"), one.at("because").get<std::string>()});
  return start;
}

EndCost cost_of(const Json& json) {
  return {.cpu_us = number_at<std::int64_t>(json, "cpu_us"),
          .thread_us = number_at<std::int64_t>(json, "thread_us")};
}

// As of the probe's report: a known path has no doubt.
PathFinding path_of(const Json& json) {
  const TlsPath path = word_at<TlsPath>(json, "path");
  std::string doubt = json.at("doubt").get<std::string>();
  if (path == TlsPath::Failed || (path != TlsPath::Unknown && doubt.empty())) return path;
  return PathFinding::unknown(std::move(doubt));
}

std::map<std::string, std::int64_t> counters_of(const Json& json) {
  std::map<std::string, std::int64_t> counters;
  for (const auto& [name, value] : json.items())
    counters[name] = number_at<std::int64_t>(json, name);
  return counters;
}

BenchEvidence evidence_of(const Json& json) {
  return {.path = path_of(json),
          .counters = counters_of(json.at("counters")),
          .ulp = ulp_of(json.at("ulp")),
          .because = json.at("because").get<std::string>(),
          .nic_counters = counters_of(json.at("nic_counters"))};
}

BenchCounts counts_of(const Json& json) {
  BenchCounts counts;
  for (const Word<BenchCount>& row : kWords<BenchCount>) {
    if (json.contains(row.word))
      counts[static_cast<std::size_t>(row.value)] =
          number_at<std::uint64_t>(json, std::string(row.word).c_str());
  }
  return counts;
}

std::optional<ConnectionMemory> memory_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  ConnectionMemory memory{.connections = number_at<std::uint64_t>(json, "connections"),
                          .user_bytes = number_at<std::uint64_t>(json, "user_bytes")};
  if (json.contains("slab_bytes")) memory.slab_bytes = number_at<std::uint64_t>(json, "slab_bytes");
  if (json.contains("buffer_bytes"))
    memory.buffer_bytes = number_at<std::uint64_t>(json, "buffer_bytes");
  return memory;
}

std::optional<double> fairness_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return json.get<double>();
}

BenchSample sample_of(const Json& json) {
  return {.variant = number_at<std::size_t>(json, "variant"),
          .round = number_at<int>(json, "round"),
          .bytes = number_at<std::uint64_t>(json, "bytes"),
          .nanoseconds = number_at<std::int64_t>(json, "nanoseconds"),
          .cost = {cost_of(json.at("cost").at(0)), cost_of(json.at("cost").at(1))},
          .checked_bytes = number_at<std::uint64_t>(json, "checked_bytes"),
          .evidence = evidence_of(json.at("evidence")),
          .khz = pair_of(json.at("khz")),
          .counts = counts_of(json.at("counts")),
          .operations = number_at<std::uint64_t>(json, "operations"),
          .memory = memory_of(json.at("memory")),
          .fairness = fairness_of(json.at("fairness"))};
}

LatencySample latency_of(const Json& json) {
  LatencySample sample = latency_sample_of(json);
  sample.evidence = evidence_of(json.at("evidence"));
  return sample;
}

MessageSample message_sample_of(const Json& json) {
  return {.variant = number_at<std::size_t>(json, "variant"),
          .round = number_at<int>(json, "round"),
          .marked = messages_of(json.at("marked")),
          .checked_bytes = number_at<std::uint64_t>(json, "checked_bytes"),
          .evidence = evidence_of(json.at("evidence"))};
}

LimitSample limit_of(const Json& json) {
  return {.limit = word_at<BenchLimit>(json, "limit"),
          .round = number_at<int>(json, "round"),
          .bytes = number_at<std::uint64_t>(json, "bytes"),
          .nanoseconds = number_at<std::int64_t>(json, "nanoseconds"),
          .running_ns = number_at<std::int64_t>(json, "running_ns")};
}

BenchEvent event_of(const Json& json) {
  // The only key of a line names what it is. A line with none of them fails at the last look.
  if (json.contains("start")) return start_of(json.at("start"));
  if (json.contains("sample")) return sample_of(json.at("sample"));
  if (json.contains("latency")) return latency_of(json.at("latency"));
  if (json.contains("messages")) return message_sample_of(json.at("messages"));
  if (json.contains("limit")) return limit_of(json.at("limit"));
  if (json.contains("error")) return error_of(json.at("error"));
  if (json.contains("done")) return BenchDone{word_at<BenchEnding>(json, "done")};
  const Json& refusal = json.at("refusal");
  return BenchRefusal{.variant = number_at<std::size_t>(refusal, "variant"),
                      .error = error_of(refusal.at("error"))};
}

}  // namespace

tl::unexpected<Error> malformed_report(std::string_view what) {
  return fail(Fault::Invalid, fmt::format("the benchmark's report is malformed: {}", what));
}

std::string bench_line(const BenchEvent& event) {
  const Json json = std::visit([](const auto& one) { return event_json(one); }, event);
  return printed(json) + "\n";
}

// nlohmann's accessors throw on a missing key or another type. No exception leaves this file.
Result<BenchEvent> bench_event(std::string_view line) {
  try {
    return event_of(parse_ordered_json(line));
  } catch (const Json::exception& error) {
    return malformed_report(error.what());
  }
}

}  // namespace tuner
