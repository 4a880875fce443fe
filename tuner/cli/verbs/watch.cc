#include "cli/render/watch.h"

#include "base/rfc3339.h"
#include "cli/output/screen.h"
#include "cli/output/text_sink.h"
#include "cli/steps/watch_input.h"
#include "cli/steps/watch_look.h"
#include "cli/steps/watch_loop.h"
#include "cli/verbs/verbs.h"
#include "document/envelope.h"
#include "document/watch.h"
#include "host/net/nic_statistics.h"

#include <fmt/format.h>

#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <ctime>
#include <optional>

namespace tuner {
namespace {

using std::chrono::milliseconds;

struct WatchRequest {
  std::chrono::seconds interval{0};
  bool once = false;
  bool without_kernel_tls = false;
};

Result<WatchRequest> watch_request(const Options& options) {
  return WatchRequest{
      .interval = options.interval, .once = options.once, .without_kernel_tls = options.all_tls};
}

milliseconds cpu_time() {
  timespec time{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return std::chrono::duration_cast<milliseconds>(std::chrono::seconds(time.tv_sec) +
                                                  std::chrono::nanoseconds(time.tv_nsec));
}

SocketsPart scan(const Context& context, const WatchRequest& request, SessionKeeper& keeper,
                 milliseconds at) {
  const SocketQuestion question{
      .without_kernel_tls = request.without_kernel_tls,
      .until = std::chrono::steady_clock::now() + context.options.timeout};
  const auto found = collect_tls_sockets(context.host.files(), question);
  if (found) return sockets_part(*found, keeper, at);
  SocketsPart part;
  part.at = at;
  part.errors.push_back(found.error());
  return part;
}

// What could not be read, and the exit code that it gives.
Answer answer_of(const WatchReport& report) {
  Answer answer;
  answer.errors = report.errors;
  if (report.sockets)
    answer.errors.insert(answer.errors.end(), report.sockets->errors.begin(),
                         report.sockets->errors.end());
  for (const Error& error : answer.errors) {
    const bool not_permitted = error.fault == Fault::NotPermitted;
    answer.exit_code =
        worst(answer.exit_code, not_permitted ? ExitCode::NotPermitted : ExitCode::Failed);
  }
  return answer;
}

// Where the reports go: lines of JSON, a page that is refreshed, or one block after the other.
class Reports {
 public:
  Reports(Context& context, bool refresh) : context_(context) {
    if (refresh) screen_.emplace();
  }

  bool show(const WatchReport& report) {
    if (context_.options.json) {
      Answer answer = answer_of(report);
      *answer.body = watch_document(report);
      return context_.print_line(std::move(answer));
    }
    // Anew each time: the window may have another size.
    const Display display = display_for(output_of(STDOUT_FILENO), context_.options.color);
    const std::string text = head(report) + watch_text(report, display);
    if (screen_) return screen_->show(text, display.color);
    context_.terminal.result(shown_ ? "\n" + text : text);
    shown_ = true;
    return std::ferror(stdout) == 0;
  }

  Screen* screen() { return screen_ ? &*screen_ : nullptr; }

 private:
  std::string head(const WatchReport& report) const {
    return text_line("{}, every {} s{}", rfc3339(utc_time(context_.host.clock().now())),
                     std::chrono::duration_cast<std::chrono::seconds>(report.interval).count(),
                     screen_ ? "; q ends" : "");
  }

  Context& context_;
  std::optional<Screen> screen_;
  bool shown_ = false;
};

bool refreshes(const Context& context, const WatchRequest& request) {
  // A program in the background would write over the screen of another one.
  return !context.options.json && !request.once && ::tcgetpgrp(STDOUT_FILENO) == ::getpgrp() &&
         can_refresh(::isatty(STDOUT_FILENO) == 1, std::getenv("TERM"));
}

Answer answer_watch(Context& context, const WatchRequest& request) {
  const bool refresh = refreshes(context, request);
  auto input = WatchInput::open(/*keys=*/refresh);
  if (!input) return failure(ExitCode::Failed, input.error());
  WatchReport last;
  {
    // At the end of the block it leaves the screen, so that errors stay visible.
    Reports reports(context, refresh);
    if (Screen* const screen = reports.screen())
      input->on_stop([screen] { screen->leave(); }, [screen] { screen->enter(); });
    CounterReader reader(context.host.files(), nic_statistics);
    SessionKeeper keeper;
    const WatchPorts ports{
        .now = [&] { return context.host.clock().since_boot(); },
        .cpu = cpu_time,
        .wait = [&](milliseconds at_most) { return input->wait(at_most); },
        .look =
            [&](milliseconds at) {
              context.host.limit_reads(context.options.timeout);  // of each look
              return reader.look(at);
            },
        .scan = [&](milliseconds at) { return scan(context, request, keeper, at); },
        .show = [&](const WatchReport& report) { return reports.show(report); }};
    last = watch(ports,
                 {.interval = request.interval, .once = request.once, .first_at_once = refresh});
  }
  Answer answer = answer_of(last);
  answer.printed = true;
  return answer;
}

}  // namespace

Verb watch_verb() {
  return {
      .name = "watch",
      .summary =
          "shows the kernel's and the NICs' TLS counters as rates, how much NICs take over, the "
          "sessions of each service and the busiest sockets, again and again",
      .words = {},
      .lines = true,
      .options = {{"--interval", "TIME", "look each TIME", into<&Options::interval>()},
                  {"--once", "", "look twice, one interval apart, show one report, and end",
                   into<&Options::once>()},
                  {"--all", "",
                   "also connections of programs that speak TLS without the kernel: how much of "
                   "each service could be in the kernel",
                   into<&Options::all_tls>()}},
      .help = {.takes = {"--timeout"},
               .examples = {{"ktls-tuner watch --once --interval 1s",
                             "show the rates of one second"},
                            {"ktls-tuner watch --once --all --json",
                             "one document, also with what could be in the kernel and is not"}},
               .exits = {ExitCode::Ok, ExitCode::Failed, ExitCode::Usage, ExitCode::Bug,
                         ExitCode::NotPermitted}},
      .prepare = with_request<watch_request, answer_watch>};
}

}  // namespace tuner
