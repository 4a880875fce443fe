// ktls-tuner-bench: the part of `ktls-tuner bench` that needs OpenSSL. Prints its measurements as
// lines of JSON (bench/report_lines.h) and leaves nothing behind. Exit codes: 0 printed, 64 usage,
// 70 it failed. It speaks only to itself, over the loopback of a network namespace of its own where
// the host allows one, and not as root.
//
// Other than the probe it filters no system calls: a filter is looked at in each call, and kernels
// before 5.16 add mitigations to threads with one, so it would slow down the rows with many calls.
#include "base/cpu_set.h"
#include "base/number.h"
#include "bench/load/flow_tap.h"
#include "bench/load/measure.h"
#include "bench/load/transfer.h"
#include "host/files/file_tree.h"
#include "model/utf8.h"
#include "probe/handshake/fresh_network.h"
#include "probe/handshake/lifetime.h"
#include "probe/handshake/openssl.h"
#include "probe/handshake/socket_questions.h"

#include <fmt/format.h>

#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <exception>
#include <span>
#include <string_view>
#include <vector>

namespace tuner {
namespace {

constexpr int kLongest = 3600;
// For the last measurement, which may wait for its time limit.
constexpr std::chrono::seconds kSlack{30};

Result<int> cpu_number(std::string_view word) {
  return whole_number<int>(word, 0, CpuSet::kLimit - 1);
}

Outcome take_workload(std::string_view word, MeasureOptions& options) {
  const auto workload = from_word<BenchWorkload>(word);
  if (!workload) return fail(Fault::Invalid, fmt::format("--workload: {} is unknown", word));
  options.workload = *workload;
  return {};
}
Outcome take_sender_cpu(std::string_view word, MeasureOptions& options) {
  options.cpus[0] = TRY(cpu_number(word));
  return {};
}
Outcome take_receiver_cpu(std::string_view word, MeasureOptions& options) {
  options.cpus[1] = TRY(cpu_number(word));
  return {};
}
Outcome take_seconds(std::string_view word, MeasureOptions& options) {
  options.total = std::chrono::seconds(TRY(whole_number<int>(word, 1, kLongest)));
  return {};
}

struct HelperOption {
  std::string_view name;
  std::string_view argument;
  Outcome (*take)(std::string_view word, MeasureOptions& options);
  bool needed = false;
};

constexpr auto kOptions = std::to_array<HelperOption>({
    {"--workload", "WORD", take_workload},
    {"--sender-cpu", "N", take_sender_cpu, /*needed=*/true},
    {"--receiver-cpu", "N", take_receiver_cpu, /*needed=*/true},
    {"--seconds", "N", take_seconds, /*needed=*/true},
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

Result<MeasureOptions> parse(std::span<const std::string_view> words) {
  MeasureOptions options;
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
  return options;
}

// A line is flushed at once: what was measured counts, even if this process is killed.
void print(const BenchEvent& event) {
  fmt::print("{}", bench_line(event));
  std::fflush(stdout);
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

Outcome work(MeasureOptions options, pid_t parent) {
  // Before privileges are given up: openssl.cnf may be readable only by root.
  if (OPENSSL_init_ssl(OPENSSL_INIT_LOAD_CONFIG, nullptr) != 1)
    return fail(openssl_error("start OpenSSL with its configuration"));
  const auto files = local_file_tree();
  KernelTls kernel = read_kernel_tls(*files);
  const auto entered = enter_fresh_network();
  // As of the probe: a namespace that is refused is no error, one without loopback is useless.
  if (!entered && entered.error().fault == Fault::Io) return fail(entered.error());
  options.own_namespace = entered.has_value();
  kernel.ask_ulp = ulp_questions(STDIN_FILENO);
  auto tap = open_tap(*files, options);
  TRY(give_up_privileges({.bytes_each_way = kContentBytes, .threads = true}, parent));
  measure(*files, kernel, options, tap, print);
  return {};
}

int run(std::span<const std::string_view> words) {
  // Read first of all, to notice a parent that has ended since then.
  const pid_t parent = ::getppid();
  const auto options = parse(words);
  if (!options) {
    fmt::print(stderr, "ktls-tuner-bench: {}\n", escaped_line(options.error().text));
    return 64;
  }
  prepare_process(options->total + kSlack, parent);
  if (const auto done = work(*options, parent); !done) print(done.error());
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
