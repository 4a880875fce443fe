// The messages of a benchmark across the wire, on the control connection (probe/handshake/
// meeting.h). The caller sends the bytes and decides what is measured; the listener receives.
//
//   caller                          listener
//   bench: version, start       →
//                               ←   accepted: library, CPU, or no
//   limit: which, time          →                           (in each round)
//                               ←   limit: bytes, time
//   turn: row                   →
//                               ←   ready: ticket
//   (a new connection with the ticket, then TLS where the row has it)
//   part: bytes                 →                           (several to warm up, one is timed)
//                               ←   go
//   (the bytes)
//                               ←   arrived: CPU time
//   part: bytes, check          →                           (compared byte by byte)
//                               ←   go, then arrived
//   event: the measurement      →                           (or why the row is refused)
//   …next turn, or event: done  →
//
// Instead of go or arrived the listener may answer: failed. Both ends then give up the row.
// Each message is JSON of at most kLongestMessage bytes. Words that are not in this program's lists
// end the run; texts of the other end are checked before they are shown (peer_event.h).
#pragma once

#include "base/result.h"
#include "bench/report_lines.h"

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

namespace tuner {

// Both ends must have the same; a message may mean something else in another release.
inline constexpr int kBenchVersion = 1;

// What the caller asks for.
struct BenchOffer {
  BenchStart start;                   // what belongs to the receiver is not filled in
  std::string certificate;            // certificate_fingerprint() of the sending end
  std::chrono::nanoseconds total{0};  // of the whole run
};

// Of the receiving end.
struct BenchTerms {
  std::string library;
  int cpu = 0;
  int other_load = 0;  // thousandths
};

struct LimitAsk {
  BenchLimit limit = BenchLimit::AesOpen;  // of the receiver, which opens records: is_open()
  std::chrono::nanoseconds time{0};
};
constexpr bool is_open(BenchLimit limit) {
  return limit == BenchLimit::AesOpen || limit == BenchLimit::Aes256Open ||
         limit == BenchLimit::CcmOpen || limit == BenchLimit::ChachaOpen;
}
struct TurnAsk {
  std::size_t row = 0;
};
struct PartAsk {
  std::uint64_t bytes = 0;
  bool check = false;
};
using BenchAsk = std::variant<LimitAsk, TurnAsk, PartAsk, BenchEvent>;

struct Go {};
struct Arrived {
  EndCost cost;  // of the receiving end, until the last byte was there
};
// An Error: the listener could not do it.
using BenchAnswer = std::variant<Go, Arrived, LimitSample, Error>;

// Limits of what the listener does for a caller. The receiver reads and counts; it keeps nothing.
inline constexpr std::uint64_t kMostPartBytes = std::uint64_t{1} << 42U;
inline constexpr std::size_t kMostRows = 64;
inline constexpr int kMostWireRounds = 1000;
inline constexpr std::chrono::seconds kLongestWireBench{3600};
inline constexpr std::chrono::seconds kLongestWireRound{10};

std::string offer_message(const BenchOffer& offer);
std::string terms_message(const BenchTerms& terms);
std::string ask_message(const BenchAsk& ask);
std::string answer_message(const BenchAnswer& answer);

// Refused: another version, which the listener answers by RunRefusal::Version. Unsupported: the
// other end asks for a probe (RunRefusal::Purpose). Invalid: malformed, or beyond the limits above
// (RunRefusal::Limits).
Result<BenchOffer> read_bench_offer(std::string_view message);
// Refused: the listener refuses; Invalid: malformed.
Result<BenchTerms> read_bench_terms(std::string_view message);
// Invalid: malformed or beyond the limits.
Result<BenchAsk> read_ask(std::string_view message);
Result<BenchAnswer> read_answer(std::string_view message);

}  // namespace tuner
