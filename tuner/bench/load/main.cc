// ktls-tuner-bench: the part of `ktls-tuner bench` that needs OpenSSL. Prints its measurements as
// lines of JSON (bench/report_lines.h) and leaves nothing behind. Exit codes: 0 printed, 64 usage,
// 70 it failed. It speaks only to itself, over the loopback of a network namespace of its own where
// the host allows one, and not as root.
//
// Other than the probe it filters no system calls: a filter is looked at in each call, and kernels
// before 5.16 add mitigations to threads with one, so it would slow down the rows with many calls.
#include "base/cpu_set.h"
#include "base/number.h"
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

constexpr std::string_view kUsage =
    "usage: ktls-tuner-bench --sender-cpu N --receiver-cpu N --seconds N";
constexpr int kLongest = 3600;
// For the last measurement, which may wait for its time limit.
constexpr std::chrono::seconds kSlack{30};

Result<MeasureOptions> parse(std::span<const std::string_view> words) {
  MeasureOptions options;
  bool known = words.size() == 6;
  for (std::size_t i = 0; known && i < words.size(); i += 2) {
    if (words[i] == "--sender-cpu") {
      options.cpus[0] = TRY(whole_number<int>(words[i + 1], 0, CpuSet::kLimit - 1));
    } else if (words[i] == "--receiver-cpu") {
      options.cpus[1] = TRY(whole_number<int>(words[i + 1], 0, CpuSet::kLimit - 1));
    } else if (words[i] == "--seconds") {
      options.total = std::chrono::seconds(TRY(whole_number<int>(words[i + 1], 1, kLongest)));
    } else {
      known = false;
    }
  }
  if (known && options.total.count() > 0) return options;
  return fail(Fault::Invalid, std::string(kUsage));
}

// A line is flushed at once: what was measured counts, even if this process is killed.
void print(const BenchEvent& event) {
  fmt::print("{}", bench_line(event));
  std::fflush(stdout);
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
  TRY(give_up_privileges({.bytes_each_way = kContentBytes, .threads = true}, parent));
  measure(*files, kernel, options, print);
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
