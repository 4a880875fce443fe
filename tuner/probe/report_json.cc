#include "probe/report_json.h"

#include "base/json_text.h"
#include "model/json_bytes.h"
#include "probe/json_number.h"
#include "probe/ulp_json.h"

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include <optional>

namespace tuner {
namespace {

using Json = nlohmann::ordered_json;

Json abilities_json(const LibraryFacts& library) {
  Json abilities = Json::array();
  for (const LibraryFacts::Ability& ability : library.abilities) {
    abilities.push_back({{"version", tls_version_name(ability.version)},
                         {"cipher", tls_cipher_name(ability.cipher)},
                         {"tx", ability.tx},
                         {"rx", ability.rx}});
  }
  return abilities;
}

Json to_json(const LibraryFacts& library) {
  return {{"version", library.version},
          {"config_file", library.config_file},
          {"config_asks", library.config_asks},
          {"abilities", abilities_json(library)}};
}

// Private to the two programs: why a path is unknown.
Json doubts_json(const PathFinding& tx, const PathFinding& rx) {
  return {{"tx", tx.doubt()}, {"rx", rx.doubt()}};
}

Json to_json(const ProbeEnd& end) {
  return {{"tx", tls_path_name(end.tx.path())},
          {"rx", tls_path_name(end.rx.path())},
          {"counters", end.counters},
          {"counters_by_others", end.counters_by_others},
          {"ulp", ulp_json(end.ulp)},
          {"interface", end.interface},
          {"nics", end.nics},
          {"driver_counters", end.driver_counters},
          {"because", end.because},
          {"doubts", doubts_json(end.tx, end.rx)}};
}

// The tuner judges the cell, so the report of the helper holds no result.
Json to_json(const ProbeCell& cell) {
  return {{"version", tls_version_name(cell.version)},
          {"cipher", tls_cipher_name(cell.cipher)},
          {"cipher_suite", cell.cipher_suite},
          {"tx", tls_path_name(cell.tx.path())},
          {"rx", tls_path_name(cell.rx.path())},
          {"bytes", cell.bytes},
          {"intact", cell.intact},
          {"counters", cell.counters},
          {"counters_by_others", cell.counters_by_others},
          {"ulp", ulp_json(cell.ulp)},
          {"because", cell.because},
          {"possible", cell.possible},
          {"doubts", doubts_json(cell.tx, cell.rx)},
          {"interface", cell.interface},
          {"nics", cell.nics},
          {"driver_counters", cell.driver_counters},
          {"server_because", cell.server_because},
          {"client", cell.client ? to_json(*cell.client) : Json(nullptr)}};
}

Json to_json(const KeyUpdateTrial& trial) {
  return {{"number", trial.number},
          {"role", word_of(trial.role)},
          {"result", word_of(trial.result)},
          {"tx", tls_path_name(trial.tx.path())},
          {"rx", tls_path_name(trial.rx.path())},
          {"doubts", doubts_json(trial.tx, trial.rx)},
          {"counters", trial.counters},
          {"noticed", trial.noticed ? Json(word_of(*trial.noticed)) : Json(nullptr)},
          {"because", trial.because}};
}

Json to_json(const std::optional<KeyUpdateRun>& run) {
  if (!run) return nullptr;
  Json trials = Json::array();
  for (const KeyUpdateTrial& trial : run->trials) trials.push_back(to_json(trial));
  return {{"cipher", tls_cipher_name(run->cipher)},
          {"kernel_counts", run->kernel_counts},
          {"trials", trials}};
}

Json to_json(const KernelTrial& trial) {
  Json refused;
  if (trial.refused) refused = {{"call", trial.refused->call}, {"errno", trial.refused->error}};
  return {{"id", trial.id},
          {"version", tls_version_name(trial.version)},
          {"cipher", word_of(trial.cipher)},
          {"seen", trial.seen},
          {"refused", refused},
          {"because", trial.because}};
}

Json to_json(const std::optional<std::vector<KernelTrial>>& trials) {
  if (!trials) return nullptr;
  Json all = Json::array();
  for (const KernelTrial& trial : *trials) all.push_back(to_json(trial));
  return all;
}

LibraryFacts library_of(const Json& json) {
  LibraryFacts library{.version = json.at("version").get<std::string>(),
                       .config_file = json.at("config_file").get<std::string>(),
                       .config_asks = json.at("config_asks").get<bool>()};
  for (const Json& ability : json.at("abilities")) {
    library.abilities.push_back({.version = word_at<TlsVersion>(ability, "version"),
                                 .cipher = word_at<TlsCipher>(ability, "cipher"),
                                 .tx = ability.at("tx").get<bool>(),
                                 .rx = ability.at("rx").get<bool>()});
  }
  return library;
}

std::map<std::string, std::int64_t> counters_of(const Json& json, const char* key) {
  std::map<std::string, std::int64_t> counters;
  const Json& object = json.at(key);
  if (!object.is_object())
    throw Json::other_error::create(501, fmt::format("{}: not an object", key), &json);
  for (const auto& [name, value] : object.items())
    counters[name] = number_at<std::int64_t>(object, name);
  return counters;
}

// A path other than Failed with a doubt becomes Unknown: a known path has no doubt (PathFinding).
PathFinding finding_of(const Json& json, const char* direction) {
  const TlsPath path = word_at<TlsPath>(json, direction);
  std::string doubt = json.at("doubts").at(direction).get<std::string>();
  if (path == TlsPath::Failed || (path != TlsPath::Unknown && doubt.empty())) return path;
  return PathFinding::unknown(std::move(doubt));
}

std::optional<ProbeEnd> end_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  return ProbeEnd{.tx = finding_of(json, "tx"),
                  .rx = finding_of(json, "rx"),
                  .counters = counters_of(json, "counters"),
                  .counters_by_others = counters_of(json, "counters_by_others"),
                  .ulp = ulp_of(json.at("ulp")),
                  .interface = json.at("interface").get<std::string>(),
                  .nics = json.at("nics").get<std::vector<std::string>>(),
                  .driver_counters = counters_of(json, "driver_counters"),
                  .because = json.at("because").get<std::string>()};
}

ProbeCell cell_of(const Json& json) {
  return {.version = word_at<TlsVersion>(json, "version"),
          .cipher = word_at<TlsCipher>(json, "cipher"),
          .cipher_suite = json.at("cipher_suite").get<std::string>(),
          .tx = finding_of(json, "tx"),
          .rx = finding_of(json, "rx"),
          .bytes = number_at<std::uint64_t>(json, "bytes"),
          .intact = json.at("intact").get<bool>(),
          .counters = counters_of(json, "counters"),
          .counters_by_others = counters_of(json, "counters_by_others"),
          .ulp = ulp_of(json.at("ulp")),
          .possible = json.at("possible").get<bool>(),
          .because = json.at("because").get<std::string>(),
          .interface = json.at("interface").get<std::string>(),
          .nics = json.at("nics").get<std::vector<std::string>>(),
          .driver_counters = counters_of(json, "driver_counters"),
          .server_because = json.at("server_because").get<std::string>(),
          .client = end_of(json.at("client"))};
}

KeyUpdateTrial trial_of(const Json& json) {
  KeyUpdateTrial trial{.number = number_at<int>(json, "number"),
                       .role = word_at<TlsRole>(json, "role"),
                       .result = word_at<KeyUpdateResult>(json, "result"),
                       .tx = finding_of(json, "tx"),
                       .rx = finding_of(json, "rx"),
                       .counters = counters_of(json, "counters"),
                       .noticed = {},
                       .because = json.at("because").get<std::string>()};
  if (!json.at("noticed").is_null()) trial.noticed = word_at<KeyUpdateEnd>(json, "noticed");
  return trial;
}

std::optional<KeyUpdateRun> key_updates_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  KeyUpdateRun run{.cipher = word_at<TlsCipher>(json, "cipher"),
                   .kernel_counts = json.at("kernel_counts").get<bool>(),
                   .trials = {}};
  for (const Json& trial : json.at("trials")) run.trials.push_back(trial_of(trial));
  return run;
}

KernelTrial kernel_trial_of(const Json& json) {
  KernelTrial trial{.id = json.at("id").get<std::string>(),
                    .version = word_at<TlsVersion>(json, "version"),
                    .cipher = word_at<RecordCipher>(json, "cipher"),
                    .seen = counters_of(json, "seen"),
                    .refused = {},
                    .because = json.at("because").get<std::string>()};
  if (const Json& refused = json.at("refused"); !refused.is_null())
    trial.refused = {.call = refused.at("call").get<std::string>(),
                     .error = number_at<int>(refused, "errno")};
  return trial;
}

std::optional<std::vector<KernelTrial>> kernel_trials_of(const Json& json) {
  if (json.is_null()) return std::nullopt;
  std::vector<KernelTrial> trials;
  for (const Json& trial : json) trials.push_back(kernel_trial_of(trial));
  return trials;
}

// No key has a default: both programs are of one package, so a missing key is a broken report.
ProbeReport report_of(const Json& json) {
  ProbeReport report{.mode = json.at("endpoint").at("mode").get<std::string>(),
                     .peer = json.at("endpoint").at("peer").get<std::string>(),
                     .own_namespace = json.at("own_namespace").get<bool>(),
                     .library = library_of(json.at("library"))};
  for (const Json& cell : json.at("cells")) report.cells.push_back(cell_of(cell));
  report.key_updates = key_updates_of(json.at("key_updates"));
  report.kernel_trials = kernel_trials_of(json.at("kernel_trials"));
  report.warnings = json.at("warnings").get<std::vector<std::string>>();
  return report;
}

Error error_of(const Json& json) {
  return {.fault = word_at<Fault>(json, "fault"),
          .errno_value = number_at<int>(json, "errno"),
          .text = json.at("text").get<std::string>(),
          .hint = json.at("hint").get<std::string>()};
}

Json to_json(const ContextSettings& settings) {
  return {{"asks_ktls", settings.asks_ktls},           {"options", settings.options},
          {"min_version", settings.min_version},       {"max_version", settings.max_version},
          {"security_level", settings.security_level}, {"ciphers", settings.ciphers}};
}

ContextSettings settings_of(const Json& json) {
  return {.asks_ktls = json.at("asks_ktls").get<bool>(),
          .options = number_at<std::uint64_t>(json, "options"),
          .min_version = number_at<std::int64_t>(json, "min_version"),
          .max_version = number_at<std::int64_t>(json, "max_version"),
          .security_level = number_at<int>(json, "security_level"),
          .ciphers = json.at("ciphers").get<std::string>()};
}

ConfigReadback readback_of(const Json& json) {
  return {.library = json.at("library").get<std::string>(),
          .config_file = json.at("config_file").get<std::string>(),
          .server = settings_of(json.at("server")),
          .client = settings_of(json.at("client"))};
}

// nlohmann's accessors throw on a missing key or another type. No exception leaves this file.
template <typename T, typename Read>
Result<T> read_document(std::string_view text, Read read) {
  try {
    return read(parse_ordered_json(text));
  } catch (const Json::exception& error) {
    return fail(Fault::Invalid, fmt::format("the probe's report is malformed: {}", error.what()));
  }
}

// The peer and the path of openssl.cnf may contain bytes that are not UTF-8.
std::string print(const Json& json) {
  return printed(json, 2) + "\n";
}

}  // namespace

std::string report_to_json(const ProbeReport& report) {
  Json cells = Json::array();
  for (const ProbeCell& cell : report.cells) cells.push_back(to_json(cell));
  return print({{"endpoint", {{"mode", report.mode}, {"peer", report.peer}}},
                {"own_namespace", report.own_namespace},
                {"library", to_json(report.library)},
                {"cells", cells},
                {"key_updates", to_json(report.key_updates)},
                {"kernel_trials", to_json(report.kernel_trials)},
                {"warnings", report.warnings}});
}

std::string cell_to_json(const ProbeCell& cell) {
  return print(to_json(cell));
}

std::string error_to_json(const Error& error) {
  return print({{"error",
                 {{"fault", fault_name(error.fault)},
                  {"errno", error.errno_value},
                  {"text", error.text},
                  {"hint", error.hint}}}});
}

Error error_from_json(std::string_view text) {
  const auto error = read_document<Error>(
      text, [](const Json& json) -> Result<Error> { return error_of(json.at("error")); });
  // An error that cannot be read is itself reported.
  return error ? *error : error.error();
}

std::string library_to_json(const LibraryFacts& library) {
  return print(to_json(library));
}

Result<ProbeReport> report_from_json(std::string_view text) {
  return read_document<ProbeReport>(text, [](const Json& json) -> Result<ProbeReport> {
    if (json.contains("error")) return fail(error_of(json.at("error")));
    return report_of(json);
  });
}

Result<ProbeCell> cell_from_json(std::string_view text) {
  return read_document<ProbeCell>(text, cell_of);
}

Result<LibraryFacts> library_from_json(std::string_view text) {
  return read_document<LibraryFacts>(text, [](const Json& json) -> Result<LibraryFacts> {
    if (json.contains("error")) return fail(error_of(json.at("error")));
    return library_of(json);
  });
}

std::string readback_to_json(const ConfigReadback& readback) {
  return print({{"library", readback.library},
                {"config_file", readback.config_file},
                {"server", to_json(readback.server)},
                {"client", to_json(readback.client)}});
}

Result<ConfigReadback> readback_from_json(std::string_view text) {
  return read_document<ConfigReadback>(text, [](const Json& json) -> Result<ConfigReadback> {
    if (json.contains("error")) return fail(error_of(json.at("error")));
    return readback_of(json);
  });
}

}  // namespace tuner
