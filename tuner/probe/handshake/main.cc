// ktls-tuner-probe: the part of ktls-tuner that needs OpenSSL. Prints one JSON document
// (probe/report_json.h) and leaves nothing behind. 0: printed; 64: usage; 70: OpenSSL does not
// work.
#include "host/file_tree.h"
#include "model/utf8.h"
#include "probe/handshake/arguments.h"
#include "probe/handshake/fresh_network.h"
#include "probe/handshake/library.h"
#include "probe/handshake/loopback.h"
#include "probe/handshake/wire.h"
#include "probe/report_json.h"

#include <fmt/format.h>

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <iostream>

namespace tuner {
namespace {

// Two seconds for the report itself, after the deadline that every cell keeps.
constexpr unsigned kGrace = 2;

// Whatever happens to the one who started us, or to a call that does not come back: this process
// ends. Its sockets, its files in memory and its network namespace end with it.
void leave_nothing_behind(std::chrono::seconds limit, pid_t parent) {
  ::signal(SIGPIPE, SIG_IGN);  // a broken connection is an answer
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(70);  // it died before we could ask to be told
  ::alarm(static_cast<unsigned>(limit.count()) + kGrace);
}

Result<std::string> library_document() {
  const auto identity = make_identity();
  if (!identity) return fail(identity.error());
  const auto library = library_facts(*identity);
  if (!library) return fail(library.error());
  return library_to_json(*library);
}

Result<std::string> loopback_document(const Arguments& arguments) {
  const auto deadline = std::chrono::steady_clock::now() + arguments.time_limit;
  const auto files = local_file_tree();
  const KernelSight kernel = look_at_kernel(*files);
  const auto entered = enter_fresh_network();
  if (!entered && entered.error().fault == Fault::Io) return fail(entered.error());
  const auto report = probe_loopback(*files, kernel,
                                     {.cells = arguments.cells,
                                      .bytes_each_way = arguments.bytes_each_way,
                                      .deadline = deadline,
                                      .ask_ktls = arguments.ask_ktls,
                                      .own_namespace = entered.has_value()});
  if (!report) return fail(report.error());
  return report_to_json(*report);
}

// The first line of stdin, where neither the command line nor the environment shows it. The tuner
// has held it against the rules.
Result<std::string> read_token() {
  std::string line;
  if (std::getline(std::cin, line) && !line.empty()) return line;
  return fail(Fault::Invalid, "no token came on stdin");
}

// What a peer did wrong is no mistake of the command line.
Error as_seen_by_tuner(Error error) {
  if (error.fault == Fault::Invalid) error.fault = Fault::Io;
  return error;
}

Result<std::string> wire_document(const Arguments& arguments, std::string token) {
  const auto files = local_file_tree();
  const KernelSight kernel = look_at_kernel(*files);
  const WireOptions options{.place = arguments.place,
                            .token = std::move(token),
                            .cells = arguments.cells,
                            .bytes_each_way = arguments.bytes_each_way,
                            .deadline = std::chrono::steady_clock::now() + arguments.time_limit,
                            .ask_ktls = arguments.ask_ktls};
  const auto listening = [](const HostPort& place) {
    fmt::print(stderr, "listening on {}\n", to_text(place));
  };
  const auto report = arguments.what == Arguments::What::Listen
                          ? probe_listening(*files, kernel, options, listening)
                          : probe_calling(*files, kernel, options);
  if (!report) return error_to_json(as_seen_by_tuner(report.error()));
  return report_to_json(*report);
}

Result<std::string> document_for(const Arguments& arguments) {
  switch (arguments.what) {
    case Arguments::What::Library: return library_document();
    case Arguments::What::Loopback: return loopback_document(arguments);
    case Arguments::What::Listen:
    case Arguments::What::Connect: break;
  }
  auto token = read_token();
  if (!token) return fail(token.error());
  return wire_document(arguments, std::move(*token));
}

int complain(const Error& error, int code) {
  fmt::print(stderr, "ktls-tuner-probe: {}\n", on_one_line(error.text));
  if (!error.hint.empty()) fmt::print(stderr, "{}\n", on_one_line(error.hint));
  return code;
}

int run(std::span<const std::string_view> words) {
  const pid_t parent = ::getppid();
  const auto arguments = parse_arguments(words);
  if (!arguments) return complain(arguments.error(), 64);
  leave_nothing_behind(arguments->time_limit, parent);
  const auto document = document_for(*arguments);
  if (!document) return complain(document.error(), 70);
  fmt::print("{}", *document);
  return std::fflush(stdout) == 0 ? 0 : 70;
}

}  // namespace
}  // namespace tuner

int main(int count, char** words) {
  try {
    return tuner::run(std::vector<std::string_view>(words + 1, words + count));
  } catch (const std::exception& error) {
    fmt::print(stderr, "ktls-tuner-probe: {}\n", error.what());
    return 70;
  }
}
