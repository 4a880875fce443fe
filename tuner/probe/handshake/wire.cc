#include "probe/handshake/wire.h"

#include "probe/handshake/acceptor.h"
#include "probe/handshake/channel.h"
#include "probe/handshake/library.h"
#include "probe/handshake/meeting.h"
#include "probe/handshake/peer_words.h"
#include "probe/handshake/wire_end.h"
#include "probe/handshake/wire_message.h"
#include "probe/report_json.h"
#include "probe/warnings.h"

#include <fmt/format.h>

namespace tuner {
namespace {

// The state of this end, independent of the peer.
struct LocalEnd {
  const FileTree& files;
  const KernelTls& kernel;
  const WireOptions& options;
  Identity identity;
  ProbeReport report;

  CellContext around() const {
    return {.files = files,
            .kernel = kernel,
            .library = report.library,
            .deadline = options.deadline,
            .ask_ktls = options.ask_ktls};
  }
};

Result<LocalEnd> begin(const FileTree& files, const KernelTls& kernel, const WireOptions& options,
                       std::string mode) {
  auto identity = TRY(make_identity());
  auto library = TRY(library_facts(identity));
  return LocalEnd{.files = files,
                  .kernel = kernel,
                  .options = options,
                  .identity = std::move(identity),
                  .report = {.mode = std::move(mode), .library = std::move(library)}};
}

ProbeReport finish(LocalEnd local) {
  ProbeReport& report = local.report;
  const auto stat = read_tls_stat(local.files).value_or(TlsCounters{});
  report.warnings = probe_warnings(report, counts_rekeys(stat));
  return std::move(report);
}

// Exchanges the views of both ends on a cell; the caller sends first.
// A fixed order, because two ends that both send first could fill both sockets' buffers.
Result<ProbeCell> exchange(Channel& channel, const ProbeCell& own, WireSide side,
                           Deadline deadline) {
  const auto ours = report_message(cell_to_json(sendable(own)));
  if (side == WireSide::Caller) {
    TRY(channel.send(ours, message_deadline(deadline)));
  }
  const auto received = TRY(channel.receive(message_deadline(deadline)));
  const auto report = TRY(read_report(received));
  if (side == WireSide::Listener) {
    TRY(channel.send(ours, message_deadline(deadline)));
  }
  auto cell = cell_from_json(report);
  if (!cell) return cell;
  if (auto known = check_peer_cell(*cell, {own.version, own.cipher}); !known) {
    return fail(known.error());
  }
  return cell;
}

// A cell without a report of the other end has failed, whatever this end saw.
ProbeCell cell_without_peer(ProbeCell own, WireSide side, const Error& error) {
  own.intact = false;
  own.because += (own.because.empty() ? "" : "; ") +
                 fmt::format("no report from the other end: {}", error.text);
  const ProbeCell other{.version = own.version, .cipher = own.cipher};
  ProbeCell cell =
      side == WireSide::Listener ? join_ends(own, other, side) : join_ends(other, own, side);
  (side == WireSide::Listener ? cell.client->because : cell.server_because) = error.text;
  return cell;
}

// After an error on the control connection all remaining cells fail.
// A report with all cells, so that a document from a broken run has the same shape.
void fail_rest(ProbeReport& report, const std::vector<CellKey>& cells, const Error& error) {
  for (std::size_t i = report.cells.size(); i < cells.size(); ++i) {
    report.cells.push_back(failed_cell(cells[i], error));
  }
}

Outcome cell_done(ProbeReport& report, Channel& channel, ProbeCell own, WireSide side,
                  Deadline deadline) {
  const auto other = exchange(channel, own, side, deadline);
  if (!other) {
    report.cells.push_back(cell_without_peer(std::move(own), side, other.error()));
    return fail(other.error());
  }
  report.cells.push_back(side == WireSide::Listener ? join_ends(own, *other, side)
                                                    : join_ends(*other, own, side));
  return {};
}

// ---- The listener

Outcome serve_cells(LocalEnd& local, Acceptor& acceptor, ControlConnection& control,
                    const Offer& offer) {
  const Deadline deadline = local.options.deadline;
  const Payloads payloads = make_payloads(offer.bytes_each_way);
  const WireRun run{.around = local.around(), .identity = local.identity, .payloads = payloads};
  for (std::size_t next = 0;; ++next) {
    const auto message = TRY(control.channel.receive(message_deadline(deadline)));
    const auto index = TRY(read_cell_or_goodbye(message));
    if (!index) return {};
    // The listener decides what it probes: each offered cell once and in order.
    if (*index != next || next >= offer.cells.size()) {
      return fail(Fault::Invalid, "the other end requested an unexpected cell");
    }
    const CellKey& key = offer.cells[next];
    auto socket = await_connection(acceptor, control, deadline);
    ProbeCell own = socket ? probe_wire_end(run, key, WireSide::Listener, std::move(*socket))
                           : failed_cell(key, socket.error());
    auto done =
        cell_done(local.report, control.channel, std::move(own), WireSide::Listener, deadline);
    if (!done) return done;
  }
}

// A refusal is answered too, so that the caller reports the limit and not a closed connection.
Result<Offer> agree(Channel& channel, const Identity& identity, Deadline deadline) {
  const auto message = TRY(channel.receive(message_deadline(deadline)));
  auto offer = read_offer(message);
  const auto why = !offer && offer.error().fault == Fault::Unsupported ? RunRefusal::Purpose
                                                                       : RunRefusal::Limits;
  const auto answer =
      offer ? terms_message(certificate_fingerprint(*identity.certificate)) : refusal_message(why);
  TRY(channel.send(answer, message_deadline(deadline)));
  return offer;
}

// ---- The caller

Outcome call_cells(LocalEnd& local, ControlConnection& control, const std::string& fingerprint) {
  const WireOptions& options = local.options;
  const Payloads payloads = make_payloads(options.bytes_each_way);
  const WireRun run{.around = local.around(),
                    .identity = local.identity,
                    .fingerprint = fingerprint,
                    .payloads = payloads};
  for (std::size_t i = 0; i < options.cells.size(); ++i) {
    TRY(control.channel.send(cell_message(i), message_deadline(options.deadline)));
    auto socket = TRY(make_connection(control, options.deadline));
    ProbeCell own = probe_wire_end(run, options.cells[i], WireSide::Caller, std::move(socket));
    auto done = cell_done(local.report, control.channel, std::move(own), WireSide::Caller,
                          options.deadline);
    if (!done) return done;
  }
  return control.channel.send(goodbye_message(), message_deadline(options.deadline));
}

Result<std::string> ask_terms(Channel& channel, const WireOptions& options) {
  const auto offer =
      offer_message({.cells = options.cells, .bytes_each_way = options.bytes_each_way});
  TRY(channel.send(offer, message_deadline(options.deadline)));
  const auto message = TRY(channel.receive(message_deadline(options.deadline)));
  return read_terms(message);
}

}  // namespace

Result<ProbeReport> probe_listening(const FileTree& files, const KernelTls& kernel,
                                    const WireOptions& options, UniqueFd socket,
                                    const std::function<void(const HostPort&)>& listening) {
  auto local = TRY(begin(files, kernel, options, "listen"));
  const auto place = TRY(local_place(socket.get()));
  listening(place);
  Acceptor acceptor(std::move(socket), options.token);
  auto met = TRY(await_peer(acceptor, options.token, local.identity, options.deadline));
  const auto peer = peer_place(met.channel.socket());
  if (peer) local.report.peer = to_text(*peer);
  const auto offer = TRY(agree(met.channel, local.identity, options.deadline));
  const auto done = serve_cells(local, acceptor, met, offer);
  if (!done) fail_rest(local.report, offer.cells, done.error());
  return finish(std::move(local));
}

Result<ProbeReport> probe_calling(const FileTree& files, const KernelTls& kernel,
                                  const WireOptions& options) {
  auto local = TRY(begin(files, kernel, options, "connect"));
  local.report.peer = to_text(options.place);
  auto met = TRY(meet_listener(options.addresses, options.token, options.deadline));
  const auto fingerprint = TRY(ask_terms(met.channel, options));
  const auto done = call_cells(local, met, fingerprint);
  if (!done) fail_rest(local.report, options.cells, done.error());
  return finish(std::move(local));
}

}  // namespace tuner
