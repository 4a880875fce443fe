#include "bench/load/wire_sender.h"

#include "bench/load/bench_message.h"
#include "bench/load/kernel/thread_cpu.h"
#include "bench/load/limits.h"
#include "bench/load/load_end.h"
#include "bench/load/path_evidence.h"
#include "bench/load/peer_event.h"
#include "probe/handshake/meeting.h"
#include "probe/handshake/own_counts.h"

#include <fmt/format.h>

#include <sys/socket.h>

#include <algorithm>
#include <thread>

namespace tuner {
namespace {

using SteadyClock = std::chrono::steady_clock;
using std::chrono::nanoseconds;

// The listener has to be there already.
constexpr std::chrono::seconds kMeetingLimit{30};
// Behind options.total; as of the listener.
constexpr std::chrono::seconds kSlack{60};
// The first part of a warm-up: a fraction of a second on an emulated CPU.
constexpr std::uint64_t kFirstPartBytes = 16 * kCallBytes;
// From one part of a warm-up to the next; the first ones fill only the sockets' buffers.
constexpr double kMostGrowth = 16;

constexpr std::string_view kLookThere =
    "the output on the other host may say why; then start both ends again, first ktls-tuner bench "
    "--listen there";

// The bytes, in whole calls, that take `wanted` if `bytes` took `took`.
std::uint64_t bytes_for(nanoseconds wanted, std::uint64_t bytes, nanoseconds took, double most) {
  const double factor =
      std::min(most, static_cast<double>(wanted.count()) /
                         static_cast<double>(std::max<std::int64_t>(1, took.count())));
  const double calls = static_cast<double>(bytes) * factor / static_cast<double>(kCallBytes);
  constexpr std::uint64_t kMostCalls = kMostPartBytes / kCallBytes;
  return kCallBytes * std::clamp(static_cast<std::uint64_t>(calls), std::uint64_t{1}, kMostCalls);
}

// A part of a transfer, from its first call until the other end has said that all of it arrived.
struct PartDone {
  nanoseconds time{0};
  std::array<EndCost, 2> cost;
};

class WireSender {
 public:
  WireSender(const FileTree& files, ControlConnection control, const WireLoad& wire,
             const MeasureOptions& options)
      : files_(files),
        control_(std::move(control)),
        wire_(wire),
        total_(options.total),
        deadline_(SteadyClock::now() + options.total + kSlack),
        egress_(find_egress(files, control_.channel.socket())),
        cpu_(cpu_near(wire, egress_.interface, egress_.nics, options.cpus[0])) {}

  int cpu() const { return cpu_; }

  Workload workload(const LoadRun& run) {
    return {.variants = usual_variants(run.choice),
            .limits = true,
            .measure = [this, &run](const LoadTurn& turn) { return measure_turn(run, turn); },
            .agree = [this, &run](BenchStart& start) { return agree(start, run.identity); },
            .limit = [this, &run](BenchLimit limit,
                                  nanoseconds time) { return limit_of(limit, time, run.content); }};
  }

  // The other end gets each event behind the start, which it has from the offer.
  void tell(const BenchEvent& event) {
    if (agreed_ && !std::holds_alternative<BenchStart>(event)) static_cast<void>(ask(event));
  }

 private:
  // ---- Messages. What fails here ends the run: the ends do not know of each other any more.

  tl::unexpected<Error> lose(Error error) {
    if (!lost_) lost_ = lost_peer(std::move(error), kLookThere);
    return fail(*lost_);
  }

  Outcome ask(const BenchAsk& ask) {
    if (lost_) return fail(*lost_);
    const auto sent = control_.channel.send(ask_message(ask), message_deadline(deadline_));
    if (!sent) return lose(sent.error());
    return {};
  }

  // The next answer. What the other end could not do is an error of the row alone.
  template <typename T>
  Result<T> await() {
    if (lost_) return fail(*lost_);
    const auto message = control_.channel.receive(message_deadline(deadline_));
    if (!message) return lose(message.error());
    auto answer = read_answer(*message);
    if (!answer) return lose(answer.error());
    if (auto* const failed = std::get_if<Error>(&*answer)) {
      failed->text = "at the other end: " + failed->text;
      return fail(std::move(*failed));
    }
    if (auto* const wanted = std::get_if<T>(&*answer)) return std::move(*wanted);
    return lose({.fault = Fault::Invalid,
                 .text = "the other end gave an answer that was not asked for",
                 .hint = "use the same ktls-tuner at both ends"});
  }

  Outcome agree(BenchStart& start, const Identity& identity) {
    start.wire = BenchWire{.end = BenchEnd::Sender,
                           .peer = to_text(wire_.place),
                           .peer_library = {},
                           .interface = egress_.interface,
                           .nics = egress_.nics};
    const auto offer = offer_message({.start = start,
                                      .certificate = certificate_fingerprint(*identity.certificate),
                                      .total = total_});
    const auto sent = control_.channel.send(offer, message_deadline(deadline_));
    if (!sent) return lose(sent.error());
    const auto answer = control_.channel.receive(message_deadline(deadline_));
    if (!answer) return lose(answer.error());
    const auto terms = read_bench_terms(*answer);
    if (!terms) return lose(terms.error());
    start.cpus[1] = terms->cpu;
    start.other_load[1] = terms->other_load;
    start.wire->peer_library = terms->library;
    agreed_ = true;
    return {};
  }

  // The receiver opens records, so its host says how fast it can.
  Result<LimitSample> limit_of(BenchLimit limit, nanoseconds time, const LoadContent& content) {
    if (!is_open(limit)) return measure_limit(limit, cpu_, time, content);
    TRY(ask(LimitAsk{limit, time}));
    auto sample = TRY(await<LimitSample>());
    if (sample.limit == limit) return sample;
    return fail(Fault::Invalid, "the other end measured another limit",
                "use the same ktls-tuner at both ends");
  }

  // ---- One row

  Result<BenchEvent> measure_turn(const LoadRun& run, const LoadTurn& turn) {
    auto sample = measure_row(run, turn);
    if (lost_) return BenchEvent(*lost_);
    if (!sample) return fail(sample.error());
    return BenchEvent(std::move(*sample));
  }

  Result<BenchSample> measure_row(const LoadRun& run, const LoadTurn& turn) {
    TRY(ask(TurnAsk{turn.row}));
    auto socket = make_connection(control_, turn.deadline);
    if (!socket) return lose(socket.error());
    TRY(limit_time(socket->get(), turn.deadline));
    Result<BenchSample> sample;
    {
      // In a thread of its own, so that this one stays on all CPUs.
      const std::jthread thread([&] { sample = send_row(run, turn, std::move(*socket)); });
    }
    return sample;
  }

  Result<BenchSample> send_row(const LoadRun& run, const LoadTurn& turn, UniqueFd socket) {
    const BenchVariant& variant = turn.variant;
    TRY(pin_thread(cpu_));
    const Counts before = count(files_, egress_);
    BenchSample sample{.variant = turn.row, .round = turn.round};
    EndEvidence evidence;
    sent_ = 0;
    {
      auto end = TRY(sending_end(variant, run.identity, socket.get(), asks_kernel(variant.mode)));
      TRY(end.accept());
      if (is_tls(variant.mode) && sends_file(variant.mode) && !end.ktls_send())
        return fail(Fault::Unsupported, "SSL_sendfile() needs kernel TLS");
      ContentCursor cursor(run.content, {.variant = variant});
      TRY(send_parts(end, cursor, socket.get(), turn.schedule, sample));
      evidence = end.evidence(run.kernel.ulp_source());
    }
    socket.reset();
    if (is_tls(variant.mode)) sample.evidence = weighed(run, turn, evidence, before);
    return sample;
  }

  // Both ends know the bytes of a part before it begins, so neither waits for bytes that never
  // come. The warm-up finds out how many take the time of the timed part.
  Outcome send_parts(LoadEnd& end, ContentCursor& cursor, int socket, const BenchSchedule& schedule,
                     BenchSample& sample) {
    std::uint64_t bytes = kFirstPartBytes;
    PartDone part = TRY(send_part(end, cursor, socket, {.bytes = bytes}));
    // Until a part takes long enough to foretell the timed one: the first only fill the sockets'
    // buffers.
    while (part.time < schedule.warm_up / 4) {
      bytes = bytes_for(schedule.warm_up, bytes, part.time, kMostGrowth);
      part = TRY(send_part(end, cursor, socket, {.bytes = bytes}));
    }
    bytes = bytes_for(schedule.round, bytes, part.time, 1e6);
    part = TRY(send_part(end, cursor, socket, {.bytes = bytes}));
    sample.bytes = bytes;
    sample.nanoseconds = part.time.count();
    sample.cost = part.cost;
    cursor.rewind();
    TRY(send_part(end, cursor, socket, {.bytes = kCheckedBytes, .check = true}));
    sample.checked_bytes = kCheckedBytes;
    return {};
  }

  Result<PartDone> send_part(LoadEnd& end, ContentCursor& cursor, int socket, const PartAsk& part) {
    TRY(ask(part));
    TRY(await<Go>());
    PartDone done;
    const auto before = TRY(read_cpu_times(files_, {cpu_, cpu_}));
    const std::int64_t thread_before = thread_cpu_us();
    const auto start = SteadyClock::now();
    if (const auto sent = send_bytes(end, cursor, part.bytes); !sent)
      return give_up(socket, sent.error());
    const auto arrived = TRY(await<Arrived>());
    done.time = std::max(nanoseconds(1), nanoseconds(SteadyClock::now() - start));
    done.cost[0].thread_us = thread_cpu_us() - thread_before;
    const auto after = TRY(read_cpu_times(files_, {cpu_, cpu_}));
    done.cost[0].cpu_us = std::max<std::int64_t>(0, busy_us(before[0], after[0]));
    done.cost[1] = arrived.cost;
    TRY(check_cost(arrived.cost, done.time));
    return done;
  }

  Outcome send_bytes(LoadEnd& end, ContentCursor& cursor, std::uint64_t bytes) {
    for (std::uint64_t sent = 0; sent < bytes; sent += kCallBytes) {
      TRY(cursor.send_turn(end));
      sent_ += kCallBytes;
    }
    return {};
  }

  // The other end still owes an answer, and says why if it was the first to give up.
  tl::unexpected<Error> give_up(int socket, Error error) {
    ::shutdown(socket, SHUT_RDWR);
    if (const auto answer = await<Arrived>(); !answer && !lost_)
      error.text += "; " + answer.error().text;
    return fail(std::move(error));
  }

  // One CPU cannot be busier than the time that passed: by a tick, or what starts and ends
  // meanwhile.
  Outcome check_cost(const EndCost& cost, nanoseconds time) {
    const std::int64_t most = time.count() / 1000 * 11 / 10 + 200'000;
    if (cost.cpu_us >= 0 && cost.cpu_us <= most && cost.thread_us >= 0 && cost.thread_us <= most)
      return {};
    return lose({.fault = Fault::Invalid,
                 .text = "the other end reports more CPU time than the time that passed",
                 .hint = "use the same ktls-tuner at both ends"});
  }

  BenchEvidence weighed(const LoadRun& run, const LoadTurn& turn, const EndEvidence& end,
                        const Counts& before) const {
    ProbeCell cell;
    OwnEvidence own{.version = turn.variant.version.value(),
                    .cipher = turn.variant.cipher.value(),
                    .end = end,
                    .bytes_each_way = sent_};
    add_counts(cell, own, egress_, before, count(files_, egress_));
    const Finding finding = weigh_own(own);
    BenchEvidence evidence{.path = finding.tx,
                           .counters = cell.counters,
                           .ulp = ulp_of(end),
                           .because = finding.remark,
                           .nic_counters = cell.driver_counters};
    if (asks_kernel(turn.variant.mode) && finding.tx == TlsPath::Userspace)
      evidence.because = why_not_in_kernel(run, turn.variant, turn.deadline);
    return evidence;
  }

  const FileTree& files_;
  ControlConnection control_;
  const WireLoad& wire_;
  nanoseconds total_;
  Deadline deadline_;
  Egress egress_;
  int cpu_;
  bool agreed_ = false;
  std::optional<Error> lost_;  // why the run ends
  std::uint64_t sent_ = 0;     // payload of the present connection
};

}  // namespace

void measure_across_wire(const FileTree& files, const KernelTls& kernel,
                         const MeasureOptions& options, const WireLoad& wire, const Emit& emit) {
  auto control =
      meet_listener(wire.addresses, wire.token, std::chrono::steady_clock::now() + kMeetingLimit);
  if (!control) {
    Error error = control.error();
    if (error.hint.empty()) error.hint = "start ktls-tuner bench --listen on the other host first";
    return emit(error);
  }
  WireSender sender(files, std::move(*control), wire, options);
  MeasureOptions own = options;
  own.cpus = {sender.cpu(), sender.cpu()};
  own.make_workload = [&](const LoadRun& run) { return sender.workload(run); };
  // Which CPU this end is on is known only now, without the rights to count its events.
  const auto events = CpuEvents::none("not between two hosts");
  Result<FlowTap> tap = fail(Fault::Unsupported, "this workload needs no capture");
  measure(files, kernel, events, own, tap, [&](const BenchEvent& event) {
    emit(event);
    sender.tell(event);
  });
}

}  // namespace tuner
