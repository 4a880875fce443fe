#include "probe/run_probe.h"

#include "base/handle.h"
#include "base/interrupted.h"
#include "host/files/own_programs.h"
#include "host/process/child.h"
#include "probe/report_json.h"
#include "probe/server_json.h"
#include "probe/socket_answers.h"

#include <fmt/format.h>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <vector>

namespace tuner {
namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::string_view kName = "ktls-tuner-probe";
// A report has about 2 KiB per cell.
constexpr std::size_t kLongestReport = 4U << 20U;
// Eight handshakes in memory take 0.1 s, and several seconds on an emulated CPU.
constexpr seconds kLibraryLimit{30};

struct Helper {
  Child child;
  UniqueFd output;
  SocketAnswers answers;
};

// The helper inherits stderr: its messages there are for people.
// The input, such as a token, goes through the channel that becomes the helper's stdin: command
// line and environment of a process are visible in /proc.
Result<Helper> start(std::vector<std::string> words, std::string_view input) {
  auto questions = TRY(question_channel());
  if (!input.empty() && ::send(questions.tuners.get(), input.data(), input.size(), MSG_NOSIGNAL) !=
                            static_cast<ssize_t>(input.size())) {
    return fail(errno_error(errno, "send the probe its input"));
  }
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return fail(errno_error(errno, "make a pipe"));
  // `theirs` is closed at the end of this function. If it stayed open here, read() would never
  // report the end of the pipe.
  UniqueFd ours(ends[0]);
  const UniqueFd theirs(ends[1]);
  auto child =
      start_child(std::move(words), {questions.helpers.get(), theirs.get(), STDERR_FILENO});
  if (!child) return fail(child.error());
  return Helper{std::move(*child), std::move(ours), SocketAnswers(std::move(questions.tuners))};
}

// At most a minute: poll() counts milliseconds in an int.
int milliseconds_until(Clock::time_point end) {
  const auto left = std::chrono::ceil<milliseconds>(end - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, 60'000));
}

tl::unexpected<Error> overrun() {
  return fail(Fault::TimedOut, "the probe did not end within its time limit and was killed",
              "increase --timeout: heavy load or an emulated CPU makes the probe slower");
}

// Reads the pipe to its end, and answers the helper's questions meanwhile.
// Both descriptors in one loop: the helper waits for an answer to its question before it writes on,
// so a tuner that only reads the pipe would wait for it without end.
Result<std::string> read_all(int fd, SocketAnswers& answers, Clock::time_point end) {
  std::string text;
  std::array<char, 65536> buffer;
  while (true) {
    pollfd ready[] = {{.fd = fd, .events = POLLIN, .revents = 0},
                      {.fd = answers.fd(), .events = POLLIN, .revents = 0}};
    if (::poll(ready, std::size(ready), milliseconds_until(end)) < 0 && errno != EINTR) {
      return fail(errno_error(errno, "wait for the probe"));
    }
    if (Clock::now() >= end) return overrun();
    if (ready[1].revents != 0) answers.answer_one();
    if (ready[0].revents == 0) continue;
    const ssize_t size =
        retry_interrupted([&] { return ::read(fd, buffer.data(), buffer.size()); });
    if (size < 0) return fail(errno_error(errno, "read the probe's report"));
    if (size == 0) return text;
    text.append(buffer.data(), static_cast<std::size_t>(size));
    if (text.size() > kLongestReport) {
      return fail(Fault::Internal,
                  fmt::format("the probe's report is longer than {} MiB", kLongestReport >> 20U));
    }
  }
}

// glibc 2.41 (Debian 13), unlike 2.36, forks with all signals blocked. Then the kernel cannot run
// the SIGSYS handler that names the call (probe/handshake/call_filter.cc).
tl::unexpected<Error> sandbox_error() {
  return fail(
      Fault::Internal,
      "the probe's sandbox stopped a system call; its name is not known because all signals "
      "were blocked",
      "the kernel's log has its number (type=1326, syscall=…): please report it with the "
      "output of ktls-tuner facts");
}

// A poll of 5 ms without descriptors is the pause. The pipe was closed, so the end is near.
Outcome await_end(Child& child, Clock::time_point end) {
  while (Clock::now() < end) {
    const std::optional<int> status = child.ended();
    if (!status) {
      ::poll(nullptr, 0, 5);
      continue;
    }
    if (WIFEXITED(*status) && WEXITSTATUS(*status) == 0) return {};
    if (WIFSIGNALED(*status) && WTERMSIG(*status) == SIGALRM) return overrun();  // its own alarm()
    if (WIFSIGNALED(*status) && WTERMSIG(*status) == SIGSYS) return sandbox_error();
    const std::string how = WIFEXITED(*status) ? fmt::format("status {}", WEXITSTATUS(*status))
                                               : fmt::format("signal {}", WTERMSIG(*status));
    return fail(Fault::Internal, fmt::format("{} ended with {}", kName, how));
  }
  return overrun();
}

Result<std::string> output_of(std::vector<std::string> options, seconds limit,
                              std::string_view input = "") {
  const auto end = Clock::now() + limit;
  auto helper = TRY(find_own_program(kName, "the probe"));
  options.insert(options.begin(), helper);
  auto started = TRY(start(std::move(options), input));
  auto text = read_all(started.output.get(), started.answers, end);
  if (!text) return text;
  TRY(await_end(started.child, end));
  return text;
}

template <typename T>
// Invalid means a wrong argument of the user to the verbs above; a malformed report is a defect.
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
