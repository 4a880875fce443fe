// ktls-tuner-bench: the part of `ktls-tuner bench` that needs OpenSSL. Prints its measurements as
// lines of JSON (bench/report_lines.h) and leaves nothing behind. Exit codes: 0 printed, 64 usage,
// 70 it failed. It never speaks as root.
//
// Over loopback it speaks only to itself, in a network namespace of its own where the host allows
// one. Other than the probe it then filters no system calls: a filter is looked at in each call, so
// it would slow down the rows with many calls. Across the wire it hears a peer, and is in the
// probe's sandbox before.
#include "base/cpu_set.h"
#include "base/number.h"
#include "bench/choice.h"
#include "bench/load/bench_message.h"
#include "bench/load/kernel/flow_tap.h"
#include "bench/load/kernel/netem.h"
#include "bench/load/many_workloads.h"
#include "bench/load/measure.h"
#include "bench/load/transfer.h"
#include "bench/load/wire_options.h"
#include "bench/load/wire_receiver.h"
#include "bench/load/wire_sender.h"
#include "host/files/file_tree.h"
#include "model/utf8.h"
#include "probe/handshake/call_filter.h"
#include "probe/handshake/connection/openssl.h"
#include "probe/handshake/connection/socket_questions.h"
#include "probe/handshake/connection/tcp.h"
#include "probe/handshake/fresh_network.h"
#include "probe/handshake/lifetime.h"
#include "probe/token.h"

#include <fmt/format.h>

#include <sys/syscall.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <iostream>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tuner {
namespace {

constexpr int kLongest = 3600;
constexpr std::chrono::seconds kWireSlack{90};

// What is asked for: over loopback, or with another host.
struct Task : MeasureOptions {
  std::optional<WireLoad> wire;
};

Result<int> cpu_number(std::string_view word) {
  return whole_number<int>(word, 0, CpuSet::kLimit - 1);
}

Outcome take_workload(std::string_view word, Task& options) {
  const auto workload = from_word<BenchWorkload>(word);
  if (!workload) return fail(Fault::Invalid, fmt::format("--workload: {} is unknown", word));
  options.workload = *workload;
  return {};
}

// Words of the enum behind an option that may be repeated.
template <typename E>
Outcome take_word(std::string_view word, std::string_view option, std::vector<E>& chosen) {
  const auto value = from_word<E>(word);
  if (!value) return fail(Fault::Invalid, fmt::format("{}: {} is unknown", option, word));
  chosen.push_back(*value);
  return {};
}
Outcome take_mode(std::string_view word, Task& options) {
  return take_word(word, "--mode", options.choice.modes);
}
Outcome take_version(std::string_view word, Task& options) {
  return take_word(word, "--version", options.choice.versions);
}
Outcome take_cipher(std::string_view word, Task& options) {
  return take_word(word, "--cipher", options.choice.ciphers);
}
Outcome take_sender_cpu(std::string_view word, Task& options) {
  options.cpus[0] = TRY(cpu_number(word));
  return {};
}
Outcome take_receiver_cpu(std::string_view word, Task& options) {
  options.cpus[1] = TRY(cpu_number(word));
  return {};
}
Outcome take_seconds(std::string_view word, Task& options) {
  options.total = std::chrono::seconds(TRY(whole_number<int>(word, 1, kLongest)));
  return {};
}

Outcome take_place(const Result<HostPort>& place, bool listens, Task& task) {
  if (!place) return fail(place.error());
  if (!task.wire) task.wire.emplace();
  task.wire->listens = listens;
  task.wire->place = *place;
  return {};
}
Outcome take_listen(std::string_view word, Task& task) {
  return take_place(parse_listen_address(word), /*listens=*/true, task);
}
Outcome take_connect(std::string_view word, Task& task) {
  return take_place(parse_peer(word), /*listens=*/false, task);
}
// "eth0=3"; behind the other two. A name may have a '=', a number none.
Outcome take_nic_cpu(std::string_view word, Task& task) {
  const auto at = word.rfind('=');
  if (at == std::string_view::npos || !task.wire)
    return fail(Fault::Invalid, fmt::format("--nic-cpu: {} is not NAME=N of --connect", word));
  task.wire->cpu_by_nic[std::string(word.substr(0, at))] = TRY(cpu_number(word.substr(at + 1)));
  return {};
}

struct HelperOption {
  std::string_view name;
  std::string_view argument;
  Outcome (*take)(std::string_view word, Task& task);
  bool needed = false;
};

constexpr auto kOptions = std::to_array<HelperOption>({
    {"--workload", "WORD", take_workload},
    {"--mode", "WORD", take_mode},
    {"--version", "WORD", take_version},
    {"--cipher", "WORD", take_cipher},
    {"--sender-cpu", "N", take_sender_cpu, /*needed=*/true},
    {"--receiver-cpu", "N", take_receiver_cpu, /*needed=*/true},
    {"--seconds", "N", take_seconds, /*needed=*/true},  // of --listen: to wait for the peer
    {"--listen", "ADDRESS:PORT", take_listen},
    {"--connect", "HOST:PORT", take_connect},
    {"--nic-cpu", "NAME=N", take_nic_cpu},
});

// "usage: ktls-tuner-bench [--workload WORD] --sender-cpu N …"
tl::unexpected<Error> usage() {
  std::string text = "usage: ktls-tuner-bench";
  for (const HelperOption& option : kOptions) {
    const std::string shown = fmt::format("{} {}", option.name, option.argument);
    text += option.needed ? " " + shown : fmt::format(" [{}]", shown);
  }
  return fail(Fault::Invalid, std::move(text));
}

Result<Task> parse(std::span<const std::string_view> words) {
  Task options;
  if (words.size() % 2 != 0) return usage();
  std::size_t taken = 0;
  for (const HelperOption& option : kOptions) {
    bool given = false;
    for (std::size_t i = 0; i < words.size(); i += 2) {
      if (words[i] != option.name) continue;
      TRY(option.take(words[i + 1], options));
      given = true;
      ++taken;
    }
    if (option.needed && !given) return usage();
  }
  if (taken != words.size() / 2) return usage();
  TRY(check_choice(options.workload, options.wire.has_value(), options.choice));
  return options;
}

// A line is flushed at once: what was measured counts, even if this process is killed.
void print(const BenchEvent& event) {
  fmt::print("{}", bench_line(event));
  std::fflush(stdout);
}

// A peer's malformed message is no wrong argument of the tuner.
void print_wire(const BenchEvent& event) {
  BenchEvent shown = event;
  if (auto* const error = std::get_if<Error>(&shown); error && error->fault == Fault::Invalid)
    error->fault = Fault::Io;
  print(shown);
}

void print_place(const HostPort& place) {
  fmt::print(stderr, "listening on {}\n", to_text(place));
}

constexpr HelperNeeds kNeeds{.bytes_each_way = kContentBytes, .threads = true};

// Rights are given up before. A thread is placed on its CPU, and asks for its CPU time.
Outcome enter_filter() {
  std::vector<CallRule> rules = helper_calls(kNeeds.threads);
  for (const long number : {SYS_sched_setaffinity, SYS_getrusage})
    rules.push_back({.number = static_cast<std::uint32_t>(number)});
  return filter_calls(rules, FilteredSpeculation::AsWithoutFilter);
}

// The order is that of the probe: the port is bound as root, and names are resolved before system
// calls are filtered.
Outcome work_across_wire(Task task, pid_t parent) {
  WireLoad& wire = *task.wire;
  const auto files = local_file_tree();
  KernelTls kernel = read_kernel_tls(*files);
  std::string line;
  std::getline(std::cin, line);
  wire.token = TRY(parse_token(line));
  kernel.ask_ulp = ulp_questions(STDIN_FILENO);
  if (wire.listens) wire.listening = TRY(listen_on(wire.place));
  TRY(give_up_privileges(kNeeds, parent));
  if (!wire.listens) wire.addresses = TRY(addresses_of(wire.place));
  TRY(enter_filter());
  if (wire.listens)
    receive_across_wire(*files, task, std::move(wire), print_place, print_wire);
  else
    measure_across_wire(*files, kernel, task, wire, print_wire);
  return {};
}

// Only this workload's loopback loses packets. nullopt: it does.
std::optional<Error> why_no_loss(const FileTree& files, const MeasureOptions& options) {
  if (options.workload != BenchWorkload::Loss) return std::nullopt;
  if (!options.own_namespace)
    return Error{
        .fault = Fault::Unsupported,
        .text = "loss needs a network namespace of its own, which this host does not allow",
        .hint = {}};
  if (auto done = lose_packets(files); !done) return done.error();
  return std::nullopt;
}

std::uint64_t connections_of(BenchWorkload workload) {
  return workload == BenchWorkload::Connections ? kMostConnections : 0;
}

// While there are privileges, and only where it is used: it makes the kernel stamp all packets.
// Outside of a namespace of its own this process would keep a socket that can see the host's.
Result<FlowTap> open_tap(const FileTree& files, const MeasureOptions& options) {
  if (options.workload != BenchWorkload::Messages)
    return fail(Fault::Unsupported, "this workload needs no capture");
  if (!options.own_namespace)
    return fail(Fault::NotPermitted, "packets are captured only in a network namespace of its own");
  return FlowTap::open(files);
}

Outcome work(Task options, pid_t parent) {
  // Before privileges are given up: openssl.cnf may be readable only by root.
  if (OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, nullptr) != 1)
    return fail(openssl_error("start OpenSSL with its configuration"));
  if (options.wire) return work_across_wire(std::move(options), parent);
  const auto files = local_file_tree();
  KernelTls kernel = read_kernel_tls(*files);
  const auto entered = enter_fresh_network();
  // As of the probe: a namespace that is refused is no error, one without loopback is useless.
  if (!entered && entered.error().fault == Fault::Io) return fail(entered.error());
  options.own_namespace = entered.has_value();
  kernel.ask_ulp = ulp_questions(STDIN_FILENO);
  options.no_loss = why_no_loss(*files, options);
  auto tap = open_tap(*files, options);
  const CpuEvents events = CpuEvents::open(*files, options.cpus);
  HelperNeeds needs = kNeeds;
  needs.connections = connections_of(options.workload);
  TRY(give_up_privileges(needs, parent));
  measure(*files, kernel, events, options, tap, print);
  return {};
}

int run(std::span<const std::string_view> words) {
  // Read first of all, to notice a parent that has ended since then.
  const pid_t parent = ::getppid();
  auto options = parse(words);
  if (!options) {
    fmt::print(stderr, "ktls-tuner-bench: {}\n", escaped_line(options.error().text));
    return 64;
  }
  const bool listens = options->wire && options->wire->listens;
  // The peer says how long it takes, at most so long.
  const auto more = listens ? kLongestWireBench + kWireSlack : slack_of(options->workload);
  prepare_process(options->total + more, parent);
  if (const auto done = work(std::move(*options), parent); !done) print(done.error());
  return std::ferror(stdout) == 0 ? 0 : 70;
}

}  // namespace
}  // namespace tuner

// Called only by the address sanitizer's library. Its leak check at exit traces this process, which
// is not dumpable.
// NOLINTNEXTLINE(*reserved-identifier, *identifier-naming): the library names it so
extern "C" const char* __asan_default_options() {
  return "detect_leaks=0";
}

int main(int count, char** words) {
  ::setenv("TZ", "UTC0", 1);  // libcrypto converts times: the same everywhere
  try {
    return tuner::run(std::vector<std::string_view>(words + 1, words + count));
  } catch (const std::exception& error) {
    fmt::print(stderr, "ktls-tuner-bench: {}\n", error.what());
    return 70;
  }
}
