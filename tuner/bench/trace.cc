#include "bench/trace.h"

#include "model/json_bytes.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace tuner {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kReceiver = 1;  // the only thread of each process

// The call that receives, by what it does.
std::string_view call_name(const BenchVariant& variant, const MessageMarks& marks) {
  if (!is_tls(variant.mode)) return "recvmsg";
  return marks.receive ? "SSL_read" : "SSL_read: receive and decrypt";
}

class Trace {
 public:
  explicit Trace(const BenchReport& report) : report_(report), origin_(first_mark(report)) {}

  std::string text() {
    for (std::size_t row = 0; row < report_.start.variants.size(); ++row) add_row(row);
    const Json document{
        {"displayTimeUnit", "ns"},
        {"otherData",
         {{"library", report_.start.library}, {"start_unix_ns", std::to_string(origin_)}}},
        {"traceEvents", events_}};
    return printed(document) + "\n";
  }

 private:
  // Of nanoseconds since 1970 a double keeps no microsecond's parts.
  static std::int64_t first_mark(const BenchReport& report) {
    std::optional<std::int64_t> first;
    for (const MessageSample& sample : report.messages) {
      if (!first || sample.marked.origin < *first) first = sample.marked.origin;
    }
    return first.value_or(0);
  }

  void add_row(std::size_t row) {
    const auto samples = std::ranges::count(report_.messages, row, &MessageSample::variant);
    if (samples == 0) return;
    add_name("process_name", row, variant_name(report_.start.variants[row]));
    add_name("thread_name", row, "receiver");
    // The same number of each round: the first rounds alone would fill the trace.
    const std::size_t each =
        std::max<std::size_t>(1, kTracedMessages / static_cast<std::size_t>(samples));
    std::size_t traced = 0;
    for (const MessageSample& sample : report_.messages) {
      if (sample.variant != row) continue;
      const std::size_t take =
          std::min({each, sample.marked.messages.size(), kTracedMessages - traced});
      for (std::size_t i = 0; i < take; ++i) add_message(sample, sample.marked.messages[i]);
      traced += take;
    }
  }

  void add_name(std::string_view what, std::size_t row, const std::string& name) {
    events_.push_back({{"name", what},
                       {"ph", "M"},
                       {"pid", row + 1},
                       {"tid", kReceiver},
                       {"args", {{"name", name}}}});
  }

  // What encloses comes before what it encloses.
  void add_message(const MessageSample& sample, const MessageMarks& marks) {
    const auto begin = marks.nic ? marks.nic : marks.kernel;
    const auto add = [&](std::string_view name, std::int64_t from, std::int64_t to) {
      events_.push_back({{"name", name},
                         {"cat", "rx"},
                         {"ph", "X"},
                         {"ts", microseconds(sample.marked.origin - origin_ + from)},
                         {"dur", microseconds(to - from)},
                         {"pid", sample.variant + 1},
                         {"tid", kReceiver},
                         {"args", {{"round", sample.round}}}});
    };
    add("message", begin.value_or(marks.epoll), marks.done);
    if (marks.nic && marks.kernel) add("NIC to kernel", *marks.nic, *marks.kernel);
    if (marks.kernel) add("kernel to epoll", *marks.kernel, marks.epoll);
    add("epoll to call", marks.epoll, marks.call);
    const BenchVariant& variant = report_.start.variants[sample.variant];
    add(call_name(variant, marks), marks.call, marks.plain);
    // Without TLS the call itself is recvmsg(2).
    if (marks.receive && is_tls(variant.mode))
      add("recvmsg", marks.receive->begin, marks.receive->begin + marks.receive->nanoseconds);
    add("parse", marks.plain, marks.parsed);
    add("callback", marks.parsed, marks.done);
  }

  static double microseconds(std::int64_t nanoseconds) {
    return static_cast<double>(nanoseconds) / 1000;
  }

  const BenchReport& report_;
  std::int64_t origin_;
  Json events_ = Json::array();
};

}  // namespace

std::string trace_json(const BenchReport& report) {
  return Trace(report).text();
}

}  // namespace tuner
