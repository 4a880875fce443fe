#include "bench/load/bench_message.h"

#include "base/cpu_set.h"
#include "bench/load/peer_event.h"
#include "bench/load/transfer.h"
#include "probe/handshake/message_json.h"

#include <fmt/format.h>

#include <array>

namespace tuner {
namespace {

using Json = nlohmann::json;
using std::chrono::nanoseconds;

// offer: what a probe asks for first.
constexpr std::array<std::string_view, 10> kKinds = {
    "bench", "accepted", "limit", "turn", "part", "event", "go", "arrived", "failed", "offer"};
// SHA-256 in hexadecimal (certificate_fingerprint()).
constexpr std::size_t kFingerprintDigits = 64;

template <typename T, typename Take>
Result<T> read(std::string_view text, Take take) {
  return hear<T>(text, kKinds, take);
}

nanoseconds time_at(const Json& json, const char* key) {
  return nanoseconds(number_at<std::int64_t>(json, key));
}

Json ask_json(const LimitAsk& ask, std::string_view& kind) {
  kind = "limit";
  return {{"limit", word_of(ask.limit)}, {"time_ns", ask.time.count()}};
}
Json ask_json(const TurnAsk& ask, std::string_view& kind) {
  kind = "turn";
  return {{"row", ask.row}};
}
Json ask_json(const PartAsk& ask, std::string_view& kind) {
  kind = "part";
  return {{"bytes", ask.bytes}, {"check", ask.check}};
}
Json ask_json(const BenchEvent& event, std::string_view& kind) {
  kind = "event";
  return {{"line", bench_line(sendable_event(event))}};
}

Json answer_json(const Go& /*go*/, std::string_view& kind) {
  kind = "go";
  return Json::object();
}
Json answer_json(const Arrived& arrived, std::string_view& kind) {
  kind = "arrived";
  return {{"cpu_us", arrived.cost.cpu_us}, {"thread_us", arrived.cost.thread_us}};
}
Json answer_json(const LimitSample& sample, std::string_view& kind) {
  kind = "limit";
  return {{"line", bench_line(sample)}};
}
Json answer_json(const Error& error, std::string_view& kind) {
  kind = "failed";
  return {{"line", bench_line(sendable_error(error))}};
}

template <typename Variant, typename Function>
std::string message_of(const Variant& variant, Function json_of) {
  std::string_view kind;
  Json json = std::visit([&](const auto& one) { return json_of(one, kind); }, variant);
  return say(kind, std::move(json));
}

// An event is a line of the helper's own report.
Result<BenchEvent> event_at(const Json& json) {
  auto event = bench_event(json.at("line").get<std::string>());
  if (!event) return malformed_message(harmless(event.error().text));
  TRY(check_peer_event(*event));
  return event;
}

// The listener works for the caller, so that all of it is limited here.
Outcome check_offer(const BenchOffer& offer) {
  const BenchStart& start = offer.start;
  const std::pair<bool, std::string_view> rules[] = {
      {start.workload == BenchWorkload::Bulk, "workload"},
      {!start.variants.empty() && start.variants.size() <= kMostRows, "variants"},
      {start.content_bytes == kContentBytes && start.call_bytes == kCallBytes, "bytes"},
      {start.rounds > 0 && start.rounds <= kMostWireRounds, "rounds"},
      {start.round_ns > 0 && nanoseconds(start.round_ns) <= kLongestWireRound, "round_ns"},
      {offer.total > nanoseconds(0) && offer.total <= kLongestWireBench, "total_ns"},
      {offer.certificate.size() == kFingerprintDigits, "certificate"},
      {start.wire.has_value(), "wire"},
  };
  for (const auto& [holds, key] : rules) {
    if (!holds) return malformed_message(fmt::format("{} is beyond the limits", key));
  }
  return {};
}

Result<BenchOffer> offer_of(std::string_view said, const Json& json) {
  if (said == "offer")
    return fail(Fault::Unsupported, "the other end asks for a probe, and this end for a benchmark",
                "run ktls-tuner bench at both ends, or ktls-tuner probe at both ends");
  if (said != "bench") return another_kind(said, "bench");
  // Before all else, which another release may have changed.
  if (const int version = number_at<int>(json, "version"); version != kBenchVersion)
    return fail(Fault::Refused,
                fmt::format("the other end's benchmark has version {}, this one {}", version,
                            kBenchVersion),
                "use the same ktls-tuner at both ends");
  auto event = TRY(event_at(json));
  auto* const start = std::get_if<BenchStart>(&event);
  if (start == nullptr) return malformed_message("no start");
  BenchOffer offer{.start = std::move(*start),
                   .certificate = json.at("certificate").get<std::string>(),
                   .total = time_at(json, "total_ns")};
  TRY(check_offer(offer));
  return offer;
}

Result<BenchTerms> terms_of(std::string_view said, const Json& json) {
  if (said != "accepted") return another_kind(said, "accepted");
  BenchTerms terms{.library = json.at("library").get<std::string>(),
                   .cpu = number_at<int>(json, "cpu"),
                   .other_load = number_at<int>(json, "other_load")};
  TRY(check_peer_text(terms.library));
  if (terms.cpu < 0 || terms.cpu >= CpuSet::kLimit) return malformed_message("no such CPU");
  if (terms.other_load < 0 || terms.other_load > 1000) return malformed_message("other_load");
  return terms;
}

Result<BenchAsk> ask_of(std::string_view said, const Json& json) {
  if (said == "event") return BenchAsk(TRY(event_at(json)));
  if (said == "turn") return BenchAsk(TurnAsk{number_at<std::size_t>(json, "row")});
  if (said == "limit") {
    const LimitAsk ask{word_at<BenchLimit>(json, "limit"), time_at(json, "time_ns")};
    if (!is_open(ask.limit)) return malformed_message("not a limit of the receiver");
    if (ask.time <= nanoseconds(0) || ask.time > kLongestWireRound)
      return malformed_message("time_ns is beyond the limits");
    return BenchAsk(ask);
  }
  if (said != "part") return another_kind(said, "turn");
  const PartAsk ask{number_at<std::uint64_t>(json, "bytes"), json.at("check").get<bool>()};
  if (ask.bytes == 0 || ask.bytes > kMostPartBytes || (ask.check && ask.bytes != kCheckedBytes))
    return malformed_message("bytes is beyond the limits");
  return BenchAsk(ask);
}

Result<BenchAnswer> answer_of(std::string_view said, const Json& json) {
  if (said == "go") return BenchAnswer(Go{});
  if (said == "arrived")
    return BenchAnswer(Arrived{{.cpu_us = number_at<std::int64_t>(json, "cpu_us"),
                                .thread_us = number_at<std::int64_t>(json, "thread_us")}});
  if (said != "limit" && said != "failed") return another_kind(said, "go");
  auto event = TRY(event_at(json));
  if (const auto* const sample = std::get_if<LimitSample>(&event); sample && said == "limit")
    return BenchAnswer(*sample);
  if (auto* const error = std::get_if<Error>(&event); error && said == "failed")
    return BenchAnswer(std::move(*error));
  return malformed_message("another event than the kind of the message");
}

}  // namespace

std::string offer_message(const BenchOffer& offer) {
  return say("bench", {{"version", kBenchVersion},
                       {"certificate", offer.certificate},
                       {"total_ns", offer.total.count()},
                       {"line", bench_line(sendable_event(offer.start))}});
}

std::string terms_message(const BenchTerms& terms) {
  return say("accepted",
             {{"library", terms.library}, {"cpu", terms.cpu}, {"other_load", terms.other_load}});
}

std::string ask_message(const BenchAsk& ask) {
  return message_of(ask, [](const auto& one, auto& kind) { return ask_json(one, kind); });
}

std::string answer_message(const BenchAnswer& answer) {
  return message_of(answer, [](const auto& one, auto& kind) { return answer_json(one, kind); });
}

Result<BenchOffer> read_bench_offer(std::string_view message) {
  return read<BenchOffer>(message, offer_of);
}

Result<BenchTerms> read_bench_terms(std::string_view message) {
  return read<BenchTerms>(message, terms_of);
}

Result<BenchAsk> read_ask(std::string_view message) {
  return read<BenchAsk>(message, ask_of);
}

Result<BenchAnswer> read_answer(std::string_view message) {
  return read<BenchAnswer>(message, answer_of);
}

}  // namespace tuner
