// ktls-tuner-probe: the part of ktls-tuner that needs OpenSSL. Prints one JSON document
// (probe/report_json.h) and leaves nothing behind. Exit codes: 0 printed, 64 usage, 70 OpenSSL does
// not work. Work that needs root comes first. Privileges are given up and system calls filtered
// (give_up_rights(), filter_calls()) before the first byte of a peer is read.
#include "host/files/file_tree.h"
#include "model/utf8.h"
#include "probe/handshake/arguments.h"
#include "probe/handshake/call_filter.h"
#include "probe/handshake/configuration.h"
#include "probe/handshake/connection/openssl.h"
#include "probe/handshake/connection/socket_questions.h"
#include "probe/handshake/fresh_network.h"
#include "probe/handshake/library.h"
#include "probe/handshake/lifetime.h"
#include "probe/handshake/loopback.h"
#include "probe/handshake/server.h"
#include "probe/handshake/wire.h"
#include "probe/handshake/wire_message.h"
#include "probe/report_json.h"
#include "probe/server_json.h"
#include "probe/token.h"

#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>
#include <exception>
#include <iostream>

namespace tuner {
namespace {

// Rights first: the filter allows neither setresuid() nor capset() afterwards.
Outcome enter_sandbox(const HelperNeeds& needs, pid_t parent) {
  TRY(give_up_privileges(needs, parent));
  return filter_calls(helper_calls(needs.threads));
}

Result<std::string> library_document(pid_t parent) {
  if (auto done = enter_sandbox({}, parent); !done) return error_to_json(done.error());
  const auto identity = TRY(make_identity());
  const auto library = TRY(library_facts(identity));
  return library_to_json(library);
}

// Only in a namespace of its own: elsewhere it would see the packets of others.
Result<PacketTap> open_tap(const Arguments& arguments, const FileTree& files, bool own_namespace) {
  if (arguments.kernel_trials && own_namespace) return PacketTap::open(files);
  return fail(Fault::Unsupported, "packets are captured only in a namespace of the probe's own");
}

Result<std::string> configuration_document(pid_t parent) {
  if (auto done = enter_sandbox({}, parent); !done) return error_to_json(done.error());
  const auto readback = contexts_under_configuration();
  if (!readback) return error_to_json(readback.error());
  return readback_to_json(*readback);
}

Result<std::string> loopback_document(const Arguments& arguments, pid_t parent) {
  const auto deadline = std::chrono::steady_clock::now() + arguments.time_limit;
  const auto files = local_file_tree();
  KernelTls kernel = read_kernel_tls(*files);
  const auto entered = enter_fresh_network();
  // A namespace that is refused is no error: the probe runs in the shared one, and the report says
  // so. One that was entered but has no loopback is useless.
  if (!entered && entered.error().fault == Fault::Io) return fail(entered.error());
  kernel.ask_ulp = ulp_questions(STDIN_FILENO);
  auto tap = open_tap(arguments, *files, entered.has_value());
  const HelperNeeds needs{.bytes_each_way = arguments.bytes_each_way, .threads = true};
  if (auto done = enter_sandbox(needs, parent); !done) return error_to_json(done.error());
  const auto report =
      TRY(probe_loopback(*files, kernel,
                         {.cells = arguments.cells,
                          .bytes_each_way = arguments.bytes_each_way,
                          .deadline = deadline,
                          .ask_ktls = arguments.ask_ktls,
                          .own_namespace = entered.has_value(),
                          .key_updates = arguments.key_updates,
                          .kernel_trials = arguments.kernel_trials ? &tap : nullptr}));
  return report_to_json(report);
}

// The first line of stdin: command line and environment are visible to others.
Result<std::string> read_token() {
  std::string line;
  std::getline(std::cin, line);
  return parse_token(line);
}

// Invalid means a wrong command line to the tuner; an error of the peer is Io.
Error as_seen_by_tuner(Error error) {
  if (error.fault == Fault::Invalid) error.fault = Fault::Io;
  return error;
}

// A calling peer may request more bytes than this command line says, up to kMostWireBytes.
constexpr HelperNeeds kWireNeeds{.bytes_each_way = kMostWireBytes};

// The port is bound as root, since one below 1024 needs CAP_NET_BIND_SERVICE.
Result<ProbeReport> listen(const FileTree& files, const KernelTls& kernel,
                           const WireOptions& options, pid_t parent) {
  auto socket = TRY(listen_on(options.place));
  TRY(enter_sandbox(kWireNeeds, parent));
  return probe_listening(files, kernel, options, std::move(socket), [](const HostPort& place) {
    fmt::print(stderr, "listening on {}\n", to_text(place));
  });
}

// Names are resolved as nobody, but before system calls are filtered: modules of the name service
// (nsswitch.conf) make calls that cannot be foreseen.
Result<ProbeReport> call(const FileTree& files, const KernelTls& kernel, WireOptions options,
                         pid_t parent) {
  TRY(give_up_privileges(kWireNeeds, parent));
  auto addresses = TRY(addresses_of(options.place));
  options.addresses = std::move(addresses);
  TRY(filter_calls(helper_calls(kWireNeeds.threads)));
  return probe_calling(files, kernel, options);
}

Result<std::string> wire_document(const Arguments& arguments, std::string token, pid_t parent) {
  const auto files = local_file_tree();
  KernelTls kernel = read_kernel_tls(*files);
  kernel.ask_ulp = ulp_questions(STDIN_FILENO);
  const WireOptions options{.place = arguments.place,
                            .token = std::move(token),
                            .cells = arguments.cells,
                            .bytes_each_way = arguments.bytes_each_way,
                            .deadline = std::chrono::steady_clock::now() + arguments.time_limit,
                            .ask_ktls = arguments.ask_ktls};
  const auto report = arguments.what == Arguments::What::Listen
                          ? listen(*files, kernel, options, parent)
                          : call(*files, kernel, options, parent);
  // The helper prints errors as a document and exits with 0: only a document reaches the tuner's
  // error with its hint.
  if (!report) return error_to_json(as_seen_by_tuner(report.error()));
  return report_to_json(*report);
}

// Read before privileges are given up: the file is the user's choice, not the server's.
Result<TrustStore> trust_for(const Arguments& arguments, const FileTree& files) {
  if (arguments.ca_file.empty()) return system_trust();
  const auto pem = TRY(files.read(arguments.ca_file));
  auto trust = trust_in(pem);
  if (!trust) trust.error().text = fmt::format("{}: {}", arguments.ca_file, trust.error().text);
  return trust;
}

// The order is that of call().
Result<ServerReport> probe_elsewhere(const Arguments& arguments, const FileTree& files,
                                     pid_t parent) {
  KernelTls kernel = read_kernel_tls(files);
  kernel.ask_ulp = ulp_questions(STDIN_FILENO);
  const auto trust = TRY(trust_for(arguments, files));
  ServerOptions options{
      .place = arguments.place,
      .server = {.addresses = {}, .name = arguments.server_name, .starttls = arguments.starttls},
      .insecure = arguments.insecure,
      .http_path = arguments.http_path,
      .key_update = arguments.key_update,
      .deadline = std::chrono::steady_clock::now() + arguments.time_limit,
      .ask_ktls = arguments.ask_ktls};
  const HelperNeeds needs;
  TRY(give_up_privileges(needs, parent));
  options.server.addresses = TRY(addresses_of(options.place));
  TRY(filter_calls(helper_calls(needs.threads)));
  return probe_server(files, kernel, options, *trust);
}

std::string server_document(const Arguments& arguments, pid_t parent) {
  const auto files = local_file_tree();
  const auto report = probe_elsewhere(arguments, *files, parent);
  return report ? server_to_json(*report) : error_to_json(as_seen_by_tuner(report.error()));
}

Result<std::string> document_for(const Arguments& arguments, pid_t parent) {
  const bool chosen = arguments.what == Arguments::What::Configuration;
  if (chosen) TRY(choose_configuration(arguments.configuration, STDIN_FILENO));
  // Before privileges are given up: openssl.cnf may be readable only by root, and may load
  // providers.
  if (OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, nullptr) != 1) {
    const Error error = openssl_error("start OpenSSL with its configuration");
    if (chosen) return error_to_json(error);  // an answer about the configuration
    return fail(error);
  }
  switch (arguments.what) {
    case Arguments::What::Library: return library_document(parent);
    case Arguments::What::Configuration: return configuration_document(parent);
    case Arguments::What::Loopback: return loopback_document(arguments, parent);
    case Arguments::What::Server: return server_document(arguments, parent);
    case Arguments::What::Listen:
    case Arguments::What::Connect: break;
  }
  auto token = TRY(read_token());
  return wire_document(arguments, std::move(token), parent);
}

int print_error(const Error& error, int code) {
  fmt::print(stderr, "ktls-tuner-probe: {}\n", escaped_line(error.text));
  if (!error.hint.empty()) fmt::print(stderr, "{}\n", escaped_line(error.hint));
  return code;
}

int run(std::span<const std::string_view> words) {
  // Read first of all, to notice a parent that has ended since then.
  const pid_t parent = ::getppid();
  const auto arguments = parse_arguments(words);
  if (!arguments) return print_error(arguments.error(), 64);
  prepare_process(arguments->time_limit, parent);
  const auto document = document_for(*arguments, parent);
  if (!document) return print_error(document.error(), 70);
  fmt::print("{}", *document);
  return std::fflush(stdout) == 0 ? 0 : 70;
}

}  // namespace
}  // namespace tuner

// Called only by the address sanitizer's library. Its leak check at exit starts a process to trace
// this one, which the sandbox does not allow.
// NOLINTNEXTLINE(*reserved-identifier, *identifier-naming): the library names it so
extern "C" const char* __asan_default_options() {
  return "detect_leaks=0";
}

int main(int count, char** words) {
  // libcrypto converts times, and for a local time zone libc would read a file in the sandbox.
  ::setenv("TZ", "UTC0", 1);
  try {
    return tuner::run(std::vector<std::string_view>(words + 1, words + count));
  } catch (const std::exception& error) {
    fmt::print(stderr, "ktls-tuner-probe: {}\n", error.what());
    return 70;
  }
}
