#include "bench/load/wire_receiver.h"

#include "bench/bench_reader.h"
#include "bench/load/bench_message.h"
#include "bench/load/kernel/thread_cpu.h"
#include "bench/load/limits.h"
#include "bench/load/load_end.h"
#include "bench/load/peer_event.h"
#include "probe/handshake/library.h"
#include "probe/handshake/meeting.h"
#include "probe/handshake/own_counts.h"
#include "probe/handshake/wire_message.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>
#include <vector>

namespace tuner {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

// Behind the time of the whole run, and of one row. As of the sender.
constexpr std::chrono::seconds kSlack{60};
constexpr std::chrono::milliseconds kQuietLook{300};
// Of one row: a warm-up grows from a MiB by up to 16 times a part.
constexpr int kMostParts = 32;

constexpr std::string_view kLookThere =
    "the output on the other host may say why; then start both ends again, this one first";
constexpr std::string_view kSameVersion = "use the same ktls-tuner at both ends";

tl::unexpected<Error> not_agreed(std::string_view what) {
  return fail(Fault::Invalid, fmt::format("the other end {}", what), std::string(kSameVersion));
}

// Of one row, at this end.
struct RowState {
  std::size_t row = 0;
  std::optional<LoadEnd> end;  // nullopt: `failed` says why
  std::optional<Error> failed;
  Deadline deadline;
  std::uint64_t timed_bytes = 0;  // of the last part that was not a check
  EndCost timed_cost;
  std::uint64_t checked = 0;
};

class WireReceiver {
 public:
  WireReceiver(const FileTree& files, const MeasureOptions& options, WireLoad wire,
               const Emit& emit)
      : files_(files),
        options_(options),
        wire_(std::move(wire)),
        emit_(emit),
        acceptor_(std::move(wire_.listening), wire_.token, "bench"),
        deadline_(SteadyClock::now() + options.total),
        buffer_(kCallBytes) {}

  Result<BenchDone> serve() {
    identity_ = TRY(make_identity());
    library_ = TRY(library_facts(identity_));
    content_ = TRY(make_content());
    // Identity, content and library are made before: from now on the peer waits for this end.
    control_.emplace(TRY(await_peer(acceptor_, wire_.token, identity_, deadline_)));
    deadline_ = SteadyClock::now() + kSlack;
    const Egress egress = find_egress(files_, control_->channel.socket());
    cpu_ = cpu_near(wire_, egress.interface, egress.nics, options_.cpus[1]);
    TRY(agree());
    Result<BenchDone> done;
    {
      const std::jthread thread([&] { done = serve_pinned(); });
    }
    return done;
  }

 private:
  // ---- Messages

  Result<BenchAsk> hear() {
    const auto message = control_->channel.receive(message_deadline(deadline_));
    auto ask = message ? read_ask(*message) : Result<BenchAsk>(fail(message.error()));
    if (!ask) return fail(lost_peer(std::move(ask.error()), kLookThere));
    return ask;
  }

  Outcome answer(const BenchAnswer& answer) {
    const auto sent = control_->channel.send(answer_message(answer), message_deadline(deadline_));
    if (!sent) return fail(lost_peer(sent.error(), kLookThere));
    return {};
  }

  // ---- The agreement

  Result<int> look_at_other_load() const {
    const auto before = TRY(read_cpu_times(files_, {cpu_, cpu_}));
    std::this_thread::sleep_for(kQuietLook);
    const auto after = TRY(read_cpu_times(files_, {cpu_, cpu_}));
    return busy_thousandths(before[0], after[0]);
  }

  // A refusal is answered, too, so that the other end tells its reason.
  Outcome agree() {
    const int other_load = TRY(look_at_other_load());
    const auto message = TRY(control_->channel.receive(message_deadline(deadline_)));
    auto offer = read_bench_offer(message);
    if (!offer) {
      const Fault fault = offer.error().fault;
      const auto why = fault == Fault::Unsupported ? RunRefusal::Purpose
                       : fault == Fault::Refused   ? RunRefusal::Version
                                                   : RunRefusal::Limits;
      TRY(control_->channel.send(refusal_message(why), message_deadline(deadline_)));
      if (offer.error().hint.empty()) offer.error().hint = kSameVersion;
      return fail(offer.error());
    }
    const BenchTerms terms{.library = library_.version, .cpu = cpu_, .other_load = other_load};
    TRY(control_->channel.send(terms_message(terms), message_deadline(deadline_)));
    certificate_ = offer->certificate;
    deadline_ = SteadyClock::now() + offer->total + kSlack;
    return start(std::move(offer->start), terms);
  }

  Outcome start(BenchStart start, const BenchTerms& terms) {
    BenchWire& wire = start.wire.value();
    wire.end = BenchEnd::Receiver;
    const auto peer = peer_place(control_->channel.socket());
    wire.peer = peer ? to_text(*peer) : "the other host";
    wire.peer_library = std::move(start.library);
    start.library = terms.library;
    start.cpus[1] = terms.cpu;
    start.other_load[1] = terms.other_load;
    start.own_namespace = false;
    start_ = start;
    return take(std::move(start));
  }

  // Checks an event as the tuner will, and reports it.
  Outcome take(const BenchEvent& event) {
    if (!checked_.take(bench_line(event))) return not_agreed("reports what was not agreed on");
    emit_(event);
    return {};
  }

  // ---- The run

  Result<BenchDone> serve_pinned() {
    TRY(pin_thread(cpu_));
    // More than the rows and limits of all rounds, and a refusal of each row.
    const std::size_t rows = start_.variants.size();
    std::size_t left =
        static_cast<std::size_t>(start_.rounds) * (rows + 2 * kBenchLimits) + rows + 1;
    for (; left > 0; --left) {
      auto ask = TRY(hear());
      if (const auto* const turn = std::get_if<TurnAsk>(&ask)) ask = TRY(serve_turn(*turn));
      if (const auto* const limit = std::get_if<LimitAsk>(&ask)) {
        TRY(answer(limit_answer(*limit)));
        continue;
      }
      const auto* const event = std::get_if<BenchEvent>(&ask);
      if (event == nullptr) return not_agreed("asks for bytes without a row");
      if (const auto* const done = std::get_if<BenchDone>(event)) return *done;
      if (const auto* const error = std::get_if<Error>(event))
        return fail(Fault::Io, "the other end failed: " + error->text, error->hint);
      TRY(take(*event));
    }
    return not_agreed("asks for more than was agreed on");
  }

  BenchAnswer limit_answer(const LimitAsk& ask) const {
    const auto sample = measure_limit(ask.limit, cpu_, ask.time, content_);
    return sample ? BenchAnswer(*sample) : BenchAnswer(sample.error());
  }

  // ---- One row

  // Until the other end reports the row's measurement, or why there is none.
  Result<BenchAsk> serve_turn(const TurnAsk& turn) {
    if (turn.row >= start_.variants.size()) return not_agreed("asks for a row that there is not");
    UniqueFd socket;  // closed after the connection that uses it
    RowState row{.row = turn.row, .deadline = row_deadline()};
    socket = connect_row(row);
    for (int parts = 0; parts < kMostParts; ++parts) {
      auto ask = TRY(hear());
      if (const auto* const part = std::get_if<PartAsk>(&ask)) {
        TRY(answer(part_answer(row, *part)));
        continue;
      }
      auto* const event = std::get_if<BenchEvent>(&ask);
      if (event == nullptr) return not_agreed("asks for two things at once");
      if (auto* const sample = std::get_if<BenchSample>(event)) TRY(complete(*sample, row));
      return ask;
    }
    return not_agreed("sends more parts of a row than it needs");
  }

  Deadline row_deadline() const {
    return std::min(deadline_, SteadyClock::now() + 2 * nanoseconds(start_.round_ns) + kSlack);
  }

  UniqueFd connect_row(RowState& row) {
    auto socket = await_connection(acceptor_, *control_, row.deadline);
    if (!socket) {
      row.failed = socket.error();
      return UniqueFd();
    }
    auto end = handshake(start_.variants[row.row], socket->get(), row.deadline);
    if (end)
      row.end = std::move(*end);
    else
      row.failed = end.error();
    return std::move(*socket);
  }

  Result<LoadEnd> handshake(const BenchVariant& variant, int socket, Deadline deadline) const {
    TRY(limit_time(socket, deadline));
    auto end = TRY(receiving_end(variant, socket, /*ask_ktls=*/false));
    TRY(end.connect());
    if (!is_tls(variant.mode) || end.peer_fingerprint() == certificate_) return end;
    return fail(Fault::Io, "the sender's certificate is not the expected one");
  }

  // Empty answers: the row has failed before.
  BenchAnswer part_answer(RowState& row, const PartAsk& part) {
    if (row.failed) return *row.failed;
    auto arrived = receive_part(row, part);
    if (arrived) return *arrived;
    row.failed = arrived.error();
    return *row.failed;
  }

  Result<Arrived> receive_part(RowState& row, const PartAsk& part) {
    const auto before = TRY(read_cpu_times(files_, {cpu_, cpu_}));
    const std::int64_t thread_before = thread_cpu_us();
    // Behind the looks at the CPU: the sender begins at once, and all its bytes are counted.
    TRY(answer(Go{}));
    TRY(receive_bytes(row, part));
    const std::int64_t thread = thread_cpu_us() - thread_before;
    const auto after = TRY(read_cpu_times(files_, {cpu_, cpu_}));
    const Arrived arrived{
        {.cpu_us = std::max<std::int64_t>(0, busy_us(before[0], after[0])), .thread_us = thread}};
    if (!part.check) {
      row.timed_bytes = part.bytes;
      row.timed_cost = arrived.cost;
    }
    return arrived;
  }

  Outcome receive_bytes(RowState& row, const PartAsk& part) {
    row.checked = 0;
    std::uint64_t received = 0;
    while (received < part.bytes) {
      if (SteadyClock::now() > row.deadline) return no_progress("receive");
      const std::size_t size = TRY(row.end->receive(buffer_));
      if (part.check) TRY(check_content(content_, std::span(buffer_).first(size), row.checked));
      received += size;
    }
    if (received == part.bytes) return {};
    return fail(Fault::Io, "more bytes arrived than were announced");
  }

  // What belongs to this end is what this end saw, whatever the other end says.
  Outcome complete(BenchSample& sample, const RowState& row) const {
    if (row.failed || sample.variant != row.row || sample.bytes != row.timed_bytes)
      return not_agreed("reports bytes that did not arrive");
    sample.cost[1] = row.timed_cost;
    sample.checked_bytes = row.checked;
    return {};
  }

  const FileTree& files_;
  const MeasureOptions& options_;
  WireLoad wire_;
  const Emit& emit_;
  Acceptor acceptor_;
  Deadline deadline_;
  std::vector<std::uint8_t> buffer_;
  Identity identity_;
  LibraryFacts library_;
  LoadContent content_;
  std::optional<ControlConnection> control_;
  std::string certificate_;
  int cpu_ = 0;
  BenchStart start_;
  BenchReader checked_;
};

}  // namespace

void receive_across_wire(const FileTree& files, const MeasureOptions& options, WireLoad wire,
                         const std::function<void(const HostPort&)>& listening, const Emit& emit) {
  const auto place = local_place(wire.listening.get());
  if (!place) return emit(place.error());
  listening(*place);
  const auto done = WireReceiver(files, options, std::move(wire), emit).serve();
  if (done)
    emit(*done);
  else
    emit(done.error());
}

}  // namespace tuner
