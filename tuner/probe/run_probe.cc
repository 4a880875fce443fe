#include "probe/run_probe.h"

#include "probe/helper_process.h"
#include "probe/report_json.h"
#include "probe/server_json.h"

#include <fmt/format.h>

#include <vector>

namespace tuner {
namespace {

using std::chrono::seconds;

// Eight handshakes in memory take 0.1 s, and several seconds on an emulated CPU.
constexpr seconds kLibraryLimit{30};

Result<std::string> output_of(std::vector<std::string> options, seconds limit,
                              std::string_view input = "") {
  return output_of_helper({.program = "ktls-tuner-probe",
                           .who = "the probe",
                           .options = std::move(options),
                           .input = input,
                           .limit = limit});
}

// Invalid means a wrong argument of the user to the verbs above; a malformed report is a defect.
template <typename T>
Result<T> internal_if_invalid(Result<T> parsed) {
  if (!parsed) parsed.error().fault = Fault::Internal;
  return parsed;
}

// For the helper's --configuration.
std::string word_for(const ConfigChoice& choice) {
  if (const auto* const file = std::get_if<ConfigFile>(&choice)) return file->path;
  return std::holds_alternative<ConfigText>(choice) ? "-" : "default";
}

// What libssl says it took for its configuration. A text is in a file without a name
// (handshake/configuration.cc); the library's own may be anywhere, but for these.
bool is_of(const ConfigChoice& choice, std::string_view config_file) {
  const bool unnamed = config_file.starts_with("/proc/self/fd/");
  if (const auto* const file = std::get_if<ConfigFile>(&choice)) return config_file == file->path;
  return std::holds_alternative<ConfigText>(choice) == unnamed;
}

}  // namespace

Result<ProbeReport> run_loopback_probe(const ProbeRequest& request) {
  std::vector<std::string> words{"--loopback", "--bytes", std::to_string(request.bytes_each_way),
                                 "--time-limit", std::to_string(request.time_limit.count())};
  if (request.key_updates) words.emplace_back("--key-updates");
  if (request.kernel_trials) words.emplace_back("--kernel-trials");
  // The grace lets the helper end by its own limit first, so that its report says what took so
  // long.
  const auto text = TRY(output_of(std::move(words), request.time_limit + request.grace));
  return internal_if_invalid(report_from_json(text));
}

Result<ProbeReport> run_wire_probe(const WireRequest& request) {
  const auto* const listen = std::get_if<ListenOn>(&request.end);
  std::vector<std::string> words;
  if (listen != nullptr)
    words = {"--listen", to_text(listen->place)};
  else
    words = {"--connect", to_text(std::get<ConnectTo>(request.end).peer)};
  words.insert(words.end(), {"--time-limit", std::to_string(request.time_limit.count())});
  if (listen == nullptr)  // the calling end offers the size
    words.insert(words.end(), {"--bytes", std::to_string(request.bytes_each_way)});
  const auto text =
      TRY(output_of(std::move(words), request.time_limit + request.grace, request.token + "\n"));
  return internal_if_invalid(report_from_json(text));
}

Result<ServerReport> run_server_probe(const ServerRequest& request) {
  std::vector<std::string> words{"--server", to_text(request.place), "--time-limit",
                                 std::to_string(request.time_limit.count())};
  const auto add = [&](std::string_view option, std::string_view value) {
    if (!value.empty()) words.insert(words.end(), {std::string(option), std::string(value)});
  };
  add("--server-name", request.server_name);
  add("--starttls", request.starttls ? word_of(*request.starttls) : std::string_view());
  add("--cafile", request.ca_file);
  add("--http-get", request.http_path);
  if (request.insecure) words.emplace_back("--insecure");
  if (request.key_update) words.emplace_back("--key-update");
  const auto text = TRY(output_of(std::move(words), request.time_limit + request.grace));
  return internal_if_invalid(server_from_json(text));
}

Result<LibraryFacts> ask_library() {
  const auto text = TRY(output_of({"--library"}, kLibraryLimit));
  return internal_if_invalid(library_from_json(text));
}

Result<ConfigReadback> read_back(const ConfigChoice& choice) {
  const auto* const config = std::get_if<ConfigText>(&choice);
  const std::string_view input = config == nullptr ? std::string_view() : config->text;
  if (input.size() > kLongestConfigText)
    return fail(Fault::TooLarge,
                fmt::format("a configuration of {} bytes is too long to be tried", input.size()));
  const auto text = TRY(output_of({"--configuration", word_for(choice)}, kLibraryLimit, input));
  auto readback = TRY(internal_if_invalid(readback_from_json(text)));
  if (!is_of(choice, readback.config_file))
    return fail(Fault::Internal,
                fmt::format("the probe loaded {} instead of {}", readback.config_file,
                            config == nullptr ? word_for(choice) : "a text"));
  return readback;
}

}  // namespace tuner
